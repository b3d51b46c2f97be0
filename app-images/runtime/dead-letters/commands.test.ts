import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadLetters } from './commands.ts';
import type { Detail, Group, QuarantineStore } from '../quarantine/quarantine-store.ts';

/** Clears the screen, colours the rest, turns the direction. */
const TITLE = 'paid \u001b[2J\u009b31m\u202ella';
const SHOWN = 'paid \\u001b[2J\\u009b31m\\u202ella';
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const group = (value: string): Group => ({
  consumer: value,
  topic: value,
  type: value,
  reason: value,
  cause: value,
  events: 1,
  parked: 1,
  oldest: new Date(0),
  newest: new Date(0),
});
const detail = (value: string, event: Uint8Array): Detail => ({
  id: '1',
  event_id: value,
  key: value,
  cause: value,
  stack: `Error: ${value}\n    at handler`,
  quarantined_at: new Date(0),
  attempts: 3,
  event: Buffer.from(event),
});

/** A quarantine in which everything is `value`, or which fails with it. */
function quarantine(value: string, event: Uint8Array, fails = false): QuarantineStore {
  const answer = <T>(result: T): Promise<T> =>
    fails ? Promise.reject(new Error(value)) : Promise.resolve(result);
  return {
    groups: () => answer([group(value)]),
    detail: () => answer(detail(value, event)),
    ids: () => answer([{ id: value, replays: 0 }]),
    replay: () => answer(1),
    progress: () => answer({ waiting: 0, failed: 0 }),
    discard: () => answer(1),
  } as unknown as QuarantineStore;
}

/** Lines of one command. */
async function linesOf(args: readonly string[], store: QuarantineStore): Promise<string[]> {
  const lines: string[] = [];
  await deadLetters(args, () => store, { out: (line) => lines.push(line) });
  return lines;
}

describe('what operators are shown of an event', () => {
  const event = Buffer.concat([Buffer.from(`{"title":"${TITLE}"}`), Buffer.from([0xff])]);

  it('has no control characters in a list', async () => {
    const [first] = await linesOf(['list'], quarantine(TITLE, event));
    expect(first).toBe(`      1  ${SHOWN}  ${SHOWN}  ${SHOWN}  ${SHOWN}: ${SHOWN}`);
  });

  it('has none in columns, the stack or the event', async () => {
    expect(await linesOf(['show', '1'], quarantine(TITLE, event))).toEqual([
      'id              1',
      `event_id        ${SHOWN}`,
      `key             ${SHOWN}`,
      `cause           ${SHOWN}`,
      `stack           Error: ${SHOWN}`,
      '                    at handler',
      'quarantined_at  "1970-01-01T00:00:00.000Z"',
      'attempts        3',
      `{"title":"${SHOWN}"}\\xff`,
    ]);
  });

  it('has none in errors', async () => {
    expect(await linesOf(['list'], quarantine(TITLE, event, true))).toEqual([
      `dead-letters: ${SHOWN}`,
    ]);
    const [refused] = await linesOf(['list', '--since', TITLE], quarantine('', event));
    expect(refused).toContain(`--since '${SHOWN}' is not a time`);
  });

  it('cannot look like a column of its own', async () => {
    const stack = 'Error: x\ncause           all is well\r\n';
    const lines = await linesOf(['show', '1'], quarantine(stack, event));
    expect(lines.filter((line) => line.startsWith('cause'))).toHaveLength(1);
  });

  it('has none whatever it is, and whatever the command', async () => {
    const hidden = fc.constantFrom('\u001b', '\u009b', '\u202e', '\u2028', '\r', '\n', '\ud800');
    const value = fc.string({
      unit: fc.oneof(hidden, fc.string({ unit: 'binary', maxLength: 1 })),
      maxLength: 20,
    });
    const command = fc.oneof(
      fc.constantFrom(
        ['list'],
        ['show', '1'],
        ['replay'],
        ['replay', '--dry-run'],
        ['replay', '--no-wait'],
        ['discard'],
        ['discard', '--yes'],
        ['discard', '--dry-run'],
      ),
      value.map((name) => [name]),
      value.map((name) => ['show', name]),
      value.map((name) => ['list', `--${name}`]),
      fc.tuple(fc.constantFrom('--since', '--id', '--rate', '--key'), value),
      value.map((rate) => ['replay', '--rate', rate]),
    );
    await fc.assert(
      fc.asyncProperty(
        command,
        value,
        fc.uint8Array(),
        fc.boolean(),
        async (args, is, body, fails) => {
          const lines = await linesOf(args, quarantine(is, body, fails));
          // The help is a text of our own with several lines.
          const foreign = lines.filter((line) => !line.startsWith('dead-letters COMMAND'));
          expect(foreign.filter((line) => CONTROL.test(line))).toEqual([]);
          expect(lines.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});
