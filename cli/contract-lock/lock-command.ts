import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import {
  LOCK_FILE,
  lockText,
  parseLock,
} from '@cdk8s-event-platform/contracts/compatibility/internal';
import { readOptions, UsageError } from '../command-line.ts';
import { loadPlatforms } from '../load-platforms.ts';
import { formatText } from '../scaffold/format.ts';
import { declaredContracts } from './declared-contracts.ts';
import { type NextLock, nextLock, type TypeVersion } from './next-lock.ts';

export const LOCK_HELP = `event-platform contracts [lock] [OPTIONS]

Compares the contracts that apps publish and subscribe to with the versions in contracts.lock.json, and writes the new
versions to it. An incompatible change is refused with the fields, the consumers that it affects, and the remedy, and
nothing is written. Commit the file: synthesis compares with it, too.

  --check     writes nothing, and fails if the file is not current
  --prune     removes majors that no app lists: their events cannot be read any more
  --app FILE  the program that declares the platforms (default: that of cdk8s.yaml)
  --json      what is new, changed and retired, and the problems, as JSON
  --help      this text`;

/** Replaces a file at once: there is never half of it. */
function writeAtOnce(file: string, text: string): void {
  const next = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(next, text, { flag: 'wx' });
    renameSync(next, file);
  } finally {
    rmSync(next, { force: true });
  }
}

function described(next: NextLock, prune: boolean): string[] {
  const lines = (what: string, versions: readonly TypeVersion[]) =>
    versions.map(({ type, version }) => `${what.padEnd(8)} ${type} ${version}`);
  return [
    ...lines('new', next.added),
    ...lines('changed', next.changed),
    ...lines(prune ? 'removed' : 'retired', next.retired),
  ];
}

/** `event-platform contracts lock`. */
export async function runLock(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    check: { type: 'boolean', default: false },
    prune: { type: 'boolean', default: false },
    app: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(LOCK_HELP);
    return 0;
  }
  if (positionals.length > 0) {
    throw new UsageError(`contracts lock takes no arguments, not '${positionals.join(' ')}'`);
  }
  const { check, prune, json } = values;
  const before = existsSync(LOCK_FILE) ? readFileSync(LOCK_FILE, 'utf8') : undefined;
  const locked = before === undefined ? {} : parseLock(before, LOCK_FILE);
  const platforms = await loadPlatforms(values.app, undefined, { contractLock: false });
  const next = nextLock(declaredContracts(platforms), locked, prune);
  const isCurrent = before !== undefined && lockText(next.lock) === lockText(locked);
  const { added, changed, retired, problems } = next;
  if (json) {
    console.log(JSON.stringify({ added, changed, retired, problems, isCurrent }, null, 2));
  }
  if (problems.length > 0) {
    throw new Error(`contracts cannot be locked:\n- ${problems.join('\n- ')}`);
  }
  if (!json) {
    described(next, prune).forEach((line) => console.log(line));
  }
  if (isCurrent) {
    say(json, `${LOCK_FILE} is current`);
    return 0;
  }
  if (check) {
    throw new Error(`${LOCK_FILE} is not current: run event-platform contracts, and commit it`);
  }
  writeAtOnce(LOCK_FILE, await formatText(process.cwd(), LOCK_FILE, lockText(next.lock)));
  say(json, `${LOCK_FILE} is written: commit it`);
  return 0;
}

function say(json: boolean, line: string): void {
  if (!json) {
    console.log(line);
  }
}
