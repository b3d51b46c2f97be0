import { describe, expect, it } from 'vitest';
import { createLogger } from './logging.ts';

function logged(level: string, write: (log: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = [];
  write(createLogger('app', level, (line) => lines.push(line)));
  return lines;
}

describe('a logger', () => {
  it('writes one JSON object per line, from its level up', () => {
    const lines = logged('warn', (log) => {
      log.info({}, 'not this');
      log.error({ id: '1' }, 'this\nline');
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]*\}\n$/);
    const { time, ...fields } = JSON.parse(lines[0]!) as Record<string, unknown>;
    expect(fields).toEqual({ level: 'error', app: 'app', message: 'this\nline', id: '1' });
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('escapes control characters', () => {
    const [line] = logged('info', (log) => log.info({ id: '\u001b[2J\u202e' }, 'x'));
    expect(line).toContain(String.raw`\u001b[2J\u202e`);
  });

  it('refuses an unknown level', () => {
    expect(() => createLogger('app', 'loud')).toThrow(
      'LOG_LEVEL (loud) must be one of debug, info, warn, error',
    );
  });
});
