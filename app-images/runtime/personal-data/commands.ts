import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PERSONAL_DATA_ENV } from '@cdk8s-event-platform/contracts/interface';
import { printableLine } from '@cdk8s-event-platform/contracts/internal';
import { openDatabase } from '../database/database.ts';
import { describeFailure } from '../errors/failure.ts';
import type { Variables } from '../process/environment.ts';
import { masterKeys } from '../sealing/subject-keys.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { type Erasure, KeyStore } from './erasure.ts';

const DATABASE = `The database is the one that PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD and PGSSLMODE name.`;

const ERASE_HELP = `erase SUBJECT [OPTIONS]

Deletes the keys of a person: what their personal data were encrypted to, nobody can read any more, in topics,
quarantine, outbox and effects. Apps with an \`erase\` handler are told to erase what they keep in their own tables.
This cannot be undone. Backups can be read until the master key is changed: \`rotate-keys\`.
${DATABASE}

  SUBJECT           value of the contract's \`subject\`, e.g. the id of a user
  --yes             is required to erase
  --status          says what was erased, and erases nothing
  --wait SECONDS    waits until these many seconds have passed, or --apps have erased (default 0)
  --apps A,B        apps that have to erase
  --json            the result as JSON
  --help            this text`;

const ROTATE_HELP = `rotate-keys [OPTIONS]

Encrypts the keys of all subjects with the master key in ${PERSONAL_DATA_ENV.key}. ${PERSONAL_DATA_ENV.previousKey} is the one before.
Apps need both while this runs, and the new one alone afterwards; then the old one is destroyed: backups hold no key that
could be read. Log in as the owner of the database.
${DATABASE}

  --subjects        also gives each subject a new key for further events; old events are still read
  --status          says which master keys are in use, and changes nothing
  --json            the result as JSON
  --help            this text`;

class UsageError extends Error {}

/** Where a command reads and writes. */
export interface CommandContext {
  /** Opens the keys, when the arguments are right. */
  readonly open: () => KeyStore;
  readonly out: (line: string) => void;
  readonly env: Variables;
}

function parsed<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds >= 0 && seconds <= 86_400)) {
    throw new UsageError(`--wait (${text}) must be a number of seconds from 0 to 86400`);
  }
  return seconds;
}

/** Waits until apps have erased a subject. */
async function waitForApps(
  keys: KeyStore,
  subject: string,
  apps: readonly string[],
  seconds: number,
): Promise<Erasure> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const erasure = await keys.erasure(subject);
    const done = apps.length > 0 && apps.every((app) => erasure.apps.includes(app));
    if (done || performance.now() >= until) {
      return erasure;
    }
    await sleep(500);
  }
}

async function erase(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parsed(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        yes: { type: 'boolean', default: false },
        status: { type: 'boolean', default: false },
        wait: { type: 'string', default: '0' },
        apps: { type: 'string', default: '' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }),
  );
  const { out } = context;
  if (values.help) {
    out(ERASE_HELP);
    return 0;
  }
  const [subject, ...more] = positionals;
  if (subject === undefined || subject === '' || more.length > 0) {
    throw new UsageError('erase takes one subject; see --help');
  }
  if (!values.yes && !values.status) {
    throw new UsageError(`erasing '${subject}' cannot be undone: add --yes`);
  }
  const seconds = secondsOf(values.wait);
  const apps = values.apps.split(',').filter((app) => app !== '');
  const keys = context.open();
  const deleted = values.status ? 0 : await keys.erase(subject);
  const erasure = await waitForApps(keys, subject, apps, values.status ? 0 : seconds);
  const missing = apps.filter((app) => !erasure.apps.includes(app));
  if (values.json) {
    out(JSON.stringify({ subject, deleted, ...erasure, missing }));
  } else {
    const since = erasure.erasedAt?.toISOString();
    out(
      since === undefined
        ? printableLine`${subject} is not erased, and has ${erasure.keys} keys`
        : printableLine`${subject} was erased at ${since}; ${deleted} keys were deleted now, ${erasure.keys} are left`,
    );
    out(`erased in their tables: ${erasure.apps.join(', ') || 'no app has said so yet'}`);
    if (missing.length > 0) {
      out(`not yet: ${missing.join(', ')}; ask again with --status`);
    }
  }
  return missing.length > 0 ? 1 : 0;
}

async function rotate(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parsed(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        subjects: { type: 'boolean', default: false },
        status: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }),
  );
  const { out } = context;
  if (values.help) {
    out(ROTATE_HELP);
    return 0;
  }
  if (positionals.length > 0) {
    throw new UsageError(`rotate-keys takes no arguments, not '${positionals.join(' ')}'`);
  }
  const [current, ...previous] = masterKeys(context.env);
  if (current === undefined) {
    throw new UsageError(`${PERSONAL_DATA_ENV.key} is not set: give the new master key`);
  }
  const keys = context.open();
  let rewrapped = 0;
  let renewed = 0;
  if (!values.status) {
    const began = await keys.now();
    rewrapped = await repeat(() => keys.rewrap([current, ...previous]));
    renewed = values.subjects ? await repeat(() => keys.renew(current, began)) : 0;
  }
  const masters = [...(await keys.keysByMaster())].map(([id, count]) => ({
    ...{ id, keys: count, current: id === current.id },
  }));
  if (values.json) {
    out(JSON.stringify({ rewrapped, renewed, masters }));
  } else {
    out(
      `${rewrapped} keys were encrypted with the new master key; ${renewed} subjects have a new key`,
    );
    masters.forEach((master) =>
      out(`${master.id}  ${master.keys} keys${master.current ? '  the current master key' : ''}`),
    );
  }
  return masters.every((master) => master.current) || values.status ? 0 : 1;
}

/** Does something until nothing is left. Returns how much it was. */
async function repeat(step: () => Promise<number>): Promise<number> {
  let sum = 0;
  for (let done = await step(); done > 0; done = await step()) {
    sum += done;
  }
  return sum;
}

const COMMANDS = { erase, 'rotate-keys': rotate };

/** Runs a command. @returns the exit code: 0, 1 when something is left to do or failed, 2 for wrong arguments */
export async function keyCommand(
  name: keyof typeof COMMANDS,
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  try {
    return await COMMANDS[name](args, context);
  } catch (error) {
    context.out(`${name}: ${error instanceof UsageError ? error.message : describeFailure(error)}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(name: keyof typeof COMMANDS, args: readonly string[]): Promise<number> {
  const pool = openDatabase({ applicationName: name, connections: 2, log: silentLogger });
  try {
    return await keyCommand(name, args, {
      open: () => new KeyStore(pool),
      out: (line) => console.log(line),
      env: process.env,
    });
  } finally {
    await pool.end();
  }
}

/**
 * Erases a person: runs `event-platform erase`.
 *
 * @param args e.g. `['user-7', '--yes']`.
 * @returns the exit code: 0, 1 when an app has not erased yet, 2 for wrong arguments.
 *
 * @example
 * process.exitCode = await runErase(process.argv.slice(2));
 */
export function runErase(args: readonly string[]): Promise<number> {
  return run('erase', args);
}

/** Changes the master key: runs `event-platform rotate-keys`. @returns the exit code, as {@link runErase} */
export function runRotateKeys(args: readonly string[]): Promise<number> {
  return run('rotate-keys', args);
}
