import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { UsageError } from './command-line.ts';
import { main } from './event-platform.ts';

afterEach(() => vi.restoreAllMocks());

it.each([
  [['--port', '0'], /--port '0' is not a port: use 1 to 65535/],
  [['--port', 'http'], /--port 'http' is not a port/],
  [['--apps', 'nowhere'], /no folder 'nowhere' with apps: use --apps FOLDER/],
  [['one', 'two'], /dev takes one environment, not 'one two'/],
  [['--broker'], /Option '--broker <value>' argument missing/],
  [['--brokers', 'kafka'], /Unknown option '--brokers'/],
])('event-platform dev %s is refused in one line', async (args, message) => {
  const refused = main(['dev', ...args]);
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(message);
});

it('event-platform dev says that a chart is missing', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'event-platform-'));
  await expect(main(['dev', '--apps', empty, '--app', 'gone.ts'])).rejects.toThrow(
    "no file 'gone.ts'",
  );
});

it('event-platform dev --help teaches its options', async () => {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  expect(await main(['dev', '--help'])).toBe(0);
  const [[text]] = log.mock.calls as [[string]];
  for (const option of [
    ...['ENVIRONMENT', '--app', '--apps', '--port', '--page-port', '--dapr', '--broker'],
    ...['--reset', '--json', '--help'],
  ]) {
    expect(text).toContain(`\n  ${option}`);
  }
});
