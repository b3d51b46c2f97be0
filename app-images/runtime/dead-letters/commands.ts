import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { describeFailure } from '../errors/failure.ts';
import { printableLine } from '@cdk8s-event-platform/contracts/internal';
import { printableBytes } from './printable-bytes.ts';
import type { Group, QuarantineStore } from '../quarantine/quarantine-store.ts';
import { parseTime, type Selection } from '../quarantine/selection.ts';

const HELP = `dead-letters COMMAND [OPTIONS]

Lists, replays and discards events that consumers could not process. The database is the one that
PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD and PGSSLMODE name.

  list              events by cause, with how many wait behind them
  show ID           one event, with what went wrong
  replay            has consumers process events again, under their own ids and in the order of their key
  discard           gives events up; later events of their keys go on

Which events (all conditions must be met):
  --consumer APP    --topic TOPIC    --type TYPE    --key KEY    --id ID
  --reason REASON   malformed, contract, time, data, handler, parked or undelivered
  --cause TEXT      part of the cause
  --since TIME      quarantined at this time or later: 2026-11-21T10:00:00Z, or 30m, 2h, 7d ago
  --until TIME      quarantined before this time

replay:
  --dry-run         says what would be replayed
  --rate N          events a second (default 100)
  --max-replays N   leaves out what was replayed N times already (default 3)
  --no-wait         does not wait for the consumers
discard:
  --dry-run         says what would be discarded
  --yes             is required to discard events

A replay that was stopped goes on when it is started again: what has not been tried is still there.
Exits with 1 when something that was replayed failed again, with 2 when it was called wrongly.
`;

class UsageError extends Error {}

const OPTIONS = {
  consumer: { type: 'string' },
  topic: { type: 'string' },
  type: { type: 'string' },
  key: { type: 'string' },
  id: { type: 'string' },
  reason: { type: 'string' },
  cause: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  rate: { type: 'string', default: '100' },
  'max-replays': { type: 'string', default: '3' },
  'no-wait': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Where the command writes to. */
export interface Output {
  /** Writes a line. What came from elsewhere enters it by {@link printableLine}. */
  readonly out: (line: string) => void;
  /** Longest wait for consumers without any progress, in milliseconds. @default 60000 */
  readonly timeout?: number;
}

function count(name: string, text: string, min: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min) {
    throw new UsageError(`--${name} (${text}) must be a whole number of at least ${min}`);
  }
  return value;
}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: OPTIONS,
      allowPositionals: true,
    });
    const { since, until, ...rest } = values;
    const selection: Selection = {
      ...rest,
      since: since === undefined ? undefined : parseTime('since', since),
      until: until === undefined ? undefined : parseTime('until', until),
    };
    if (selection.id !== undefined && !/^\d{1,18}$/.test(selection.id)) {
      throw new Error(`--id '${selection.id}' is not the number of an event`);
    }
    return { values, positionals, selection };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function list(groups: readonly Group[], out: Output['out']): void {
  for (const group of groups) {
    const { consumer, topic, type, reason, cause, events, parked, oldest, newest } = group;
    out(
      printableLine`${String(events).padStart(7)}  ${consumer}  ${topic}  ${type === '' ? '-' : type}  ${reason}: ${cause}`,
    );
    out(
      printableLine`         from ${oldest.toISOString()} to ${newest.toISOString()}${parked > 0 ? `, ${parked} wait behind them` : ''}`,
    );
  }
  const events = groups.reduce((sum, group) => sum + group.events, 0);
  const parked = groups.reduce((sum, group) => sum + group.parked, 0);
  out(printableLine`${events} events of ${groups.length} causes, ${parked} parked behind them`);
}

async function show(store: QuarantineStore, id: string, out: Output['out']): Promise<number> {
  const detail = await store.detail(id);
  if (detail === undefined) {
    out(printableLine`no event ${id} in the quarantine`);
    return 1;
  }
  const { event, ...columns } = detail;
  for (const [name, value] of Object.entries(columns)) {
    if (value !== null) {
      // A stack has several lines. Indented, none of them looks like a column.
      const lines = (typeof value === 'string' ? value : JSON.stringify(value)).split('\n');
      lines.forEach((text, index) =>
        out(printableLine`${(index === 0 ? name : '').padEnd(15)} ${text}`),
      );
    }
  }
  out(printableBytes(event));
  return 0;
}

async function replay(
  store: QuarantineStore,
  selection: Selection,
  options: { dryRun: boolean; rate: number; maxReplays: number; wait: boolean },
  { out, timeout = 60_000 }: Output,
): Promise<number> {
  const found = await store.ids(selection);
  const ids = found.filter(({ replays }) => replays < options.maxReplays).map(({ id }) => id);
  const left = found.length - ids.length;
  const leftOut =
    left > 0 ? `, ${left} left out: replayed ${options.maxReplays} times already` : '';
  if (options.dryRun) {
    out(printableLine`${ids.length} events would be replayed${leftOut}`);
    return 0;
  }
  let told = 0;
  const started = performance.now();
  const batchSize = Math.max(1, Math.ceil(options.rate / 10));
  for (let from = 0; from < ids.length; from += batchSize) {
    told += await store.replay(ids.slice(from, from + batchSize));
    const due = ((from + batchSize) / options.rate) * 1000 - (performance.now() - started);
    if (due > 0 && from + batchSize < ids.length) {
      await sleep(due);
    }
    if (from % (batchSize * 50) === 0) {
      out(
        printableLine`${Math.min(from + batchSize, ids.length)} of ${ids.length} told to their consumers`,
      );
    }
  }
  if (!options.wait) {
    out(printableLine`${told} events will be replayed${leftOut}`);
    return 0;
  }
  let progress = await store.progress(ids);
  let changed = performance.now();
  while (progress.waiting > 0 && performance.now() - changed < timeout) {
    await sleep(500);
    const now = await store.progress(ids);
    if (now.waiting !== progress.waiting) {
      changed = performance.now();
      out(printableLine`${now.waiting} of ${ids.length} wait, ${now.failed} failed`);
    }
    progress = now;
  }
  const { waiting, failed } = progress;
  const stuck = waiting > 0 ? `, ${waiting} not tried: is their consumer running?` : '';
  out(
    printableLine`${ids.length - waiting - failed} events replayed, ${failed} failed again${stuck}${leftOut}`,
  );
  return failed + waiting === 0 ? 0 : 1;
}

async function discard(
  store: QuarantineStore,
  selection: Selection,
  { dryRun, yes }: { dryRun: boolean; yes: boolean },
  out: Output['out'],
): Promise<number> {
  if (dryRun) {
    out(printableLine`${(await store.ids(selection)).length} events would be discarded`);
    return 0;
  }
  if (!yes) {
    throw new UsageError('discarding needs --yes; see what it would discard with --dry-run');
  }
  out(printableLine`${await store.discard(selection)} events discarded`);
  return 0;
}

/** Runs one command, and returns its exit code. */
export async function deadLetters(
  args: readonly string[],
  store: () => QuarantineStore,
  output: Output,
): Promise<number> {
  try {
    const { values, positionals, selection } = parse(args);
    const [command, id, ...more] = positionals;
    if (values.help || command === undefined) {
      output.out(HELP);
      return values.help ? 0 : 2;
    }
    if (more.length > 0 || (id !== undefined && command !== 'show')) {
      throw new UsageError(`'${positionals.slice(1).join(' ')}' is not expected: see --help`);
    }
    const dryRun = values['dry-run'];
    switch (command) {
      case 'list':
        list(await store().groups(selection), output.out);
        return 0;
      case 'show':
        if (id === undefined || !/^\d{1,18}$/.test(id)) {
          throw new UsageError('show needs the number of an event');
        }
        return await show(store(), id, output.out);
      case 'replay': {
        const rate = count('rate', values.rate, 1);
        const maxReplays = count('max-replays', values['max-replays'], 1);
        const options = { dryRun, rate, maxReplays, wait: !values['no-wait'] };
        return await replay(store(), selection, options, output);
      }
      case 'discard':
        return await discard(store(), selection, { dryRun, yes: values.yes }, output.out);
      default:
        throw new UsageError(`no command '${command}': use list, show, replay or discard`);
    }
  } catch (error) {
    output.out(printableLine`dead-letters: ${describeFailure(error)}`);
    return error instanceof UsageError ? 2 : 1;
  }
}
