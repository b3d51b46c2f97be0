import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { printableLine } from '@cdk8s-event-platform/contracts/internal';
import { openDatabase } from '../database/database.ts';
import { describeFailure } from '../errors/failure.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { type OperatedSaga, OperatedSagas, type SagaAddress } from './operated-sagas.ts';

const HELP = `sagas COMMAND [OPTIONS]

Lists sagas, and has their apps retry or cancel them. The database is the one that PGHOST, PGPORT, PGDATABASE, PGUSER,
PGPASSWORD and PGSSLMODE name.

  list                   sagas that have not ended, those first that somebody has to look at
  show APP SAGA ID       one saga, with the commands that it has sent
  retry APP SAGA ID      has a saga that is stuck or overdue ask the participant again
  cancel APP SAGA ID     has a saga undo what was done; refused after its point of no return

list:
  --app APP              those of an app
  --saga NAME            those of a name
  --status STATUS        running, undoing, stuck, completed or cancelled (default: all that have not ended)
  --limit N              how many at most (default 100)
retry and cancel:
  --yes                  is required to cancel
  --wait SECONDS         how long the app is waited for (default 30)

  --json                 the result as JSON
  --help                 this text

Exits with 1 when there is no such saga, its app refuses or does not answer, and with 2 when it was called wrongly.
`;

const STATUSES = ['running', 'undoing', 'stuck', 'completed', 'cancelled'];

class UsageError extends Error {}

const OPTIONS = {
  app: { type: 'string' },
  saga: { type: 'string' },
  status: { type: 'string' },
  limit: { type: 'string', default: '100' },
  yes: { type: 'boolean', default: false },
  wait: { type: 'string', default: '30' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Where the command reads and writes. */
export interface SagaCommandContext {
  /** Opens the sagas, when the arguments are right. */
  readonly open: () => OperatedSagas;
  /** Writes a line. */
  readonly out: (line: string) => void;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

type Values = ReturnType<typeof parse>['values'];

function count(name: string, text: string, min: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < min) {
    throw new UsageError(`--${name} (${text}) must be a whole number of at least ${min}`);
  }
  return value;
}

/** What somebody should know of a saga, beside where it is. */
function remarks(saga: OperatedSaga): string[] {
  const { cancelledBy, stuckBy, overdueSince, error, asked, refused } = saga;
  return [
    ...(stuckBy ? [printableLine`stuck by ${stuckBy.step}: ${stuckBy.outcome}`] : []),
    ...(cancelledBy
      ? [printableLine`cancelled by ${cancelledBy.step}: ${cancelledBy.outcome}`]
      : []),
    ...(overdueSince ? [`overdue since ${overdueSince.toISOString()}`] : []),
    ...(error === undefined ? [] : [printableLine`fails: ${error}`]),
    ...(asked === undefined ? [] : [printableLine`asked to ${asked}`]),
    ...(refused === undefined ? [] : [printableLine`refused: ${refused}`]),
  ];
}

async function list(values: Values, { open, out }: SagaCommandContext): Promise<number> {
  const { app, saga, status } = values;
  if (status !== undefined && !STATUSES.includes(status)) {
    throw new UsageError(`--status '${status}' is not one of ${STATUSES.join(', ')}`);
  }
  const limit = count('limit', values.limit, 1);
  const found = await open().list({ app, saga, status, limit: limit + 1 });
  const sagas = found.slice(0, limit);
  if (values.json) {
    out(JSON.stringify({ sagas, more: found.length > limit }));
    return 0;
  }
  for (const each of sagas) {
    const { startedAt, version, step } = each;
    out(
      printableLine`${each.status.padEnd(9)}  ${each.app}  ${each.saga}@${version}  ${each.id}  at ${step}, since ${startedAt.toISOString()}`,
    );
    remarks(each).forEach((remark) => out(`           ${remark}`));
  }
  out(`${sagas.length} sagas${found.length > limit ? ', and there are more: use --limit' : ''}`);
  return 0;
}

async function show(
  address: SagaAddress,
  { json }: Values,
  { open, out }: SagaCommandContext,
): Promise<number> {
  const sagas = open();
  const saga = await sagas.find(address);
  if (saga === undefined) {
    out(missing(address));
    return 1;
  }
  const commands = await sagas.commands(address);
  if (json) {
    out(JSON.stringify({ ...saga, commands }));
    return 0;
  }
  const { version, status, step, startedAt, changedAt, endedAt, data } = saga;
  out(printableLine`${saga.app}  ${saga.saga}@${version}  ${saga.id}`);
  out(printableLine`status    ${status}, at ${step}`);
  remarks(saga).forEach((remark) => out(`          ${remark}`));
  out(`started   ${startedAt.toISOString()}, changed ${changedAt.toISOString()}`);
  if (endedAt !== undefined) {
    out(`ended     ${endedAt.toISOString()}`);
  }
  out(printableLine`data      ${JSON.stringify(data)}`);
  for (const { sentAt, step: of, action, attempt, outcome, answeredAt } of commands) {
    const answer = outcome === undefined ? 'no answer' : `${outcome}, ${answeredAt!.toISOString()}`;
    out(
      printableLine`${sentAt.toISOString()}  ${action.padEnd(7)}  ${of}${attempt > 1 ? ` (attempt ${attempt})` : ''}: ${answer}`,
    );
  }
  return 0;
}

function missing([app, saga, id]: SagaAddress): string {
  return printableLine`${app} has no saga ${saga} ${id}, or has forgotten it: see \`sagas list\``;
}

/** Waits until the app has looked at what it is asked for, or for long enough. */
async function looked(
  sagas: OperatedSagas,
  address: SagaAddress,
  seconds: number,
): Promise<OperatedSaga | undefined> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const saga = await sagas.find(address);
    if (saga?.asked === undefined || performance.now() >= until) {
      return saga;
    }
    await sleep(200);
  }
}

/** What has become of what an app was asked for. */
function answerOf({ app, saga, id, status, asked, refused, error }: OperatedSaga): string {
  if (asked !== undefined) {
    return printableLine`${app} has not looked at it yet: ${error ?? 'is it running?'}`;
  }
  return refused === undefined
    ? printableLine`${saga} ${id} is ${status} now`
    : printableLine`refused: ${refused}`;
}

/** Asks the app for something, and waits until it has looked at it. */
async function ask(
  what: 'cancel' | 'retry',
  address: SagaAddress,
  values: Values,
  { open, out }: SagaCommandContext,
): Promise<number> {
  if (what === 'cancel' && !values.yes) {
    throw new UsageError('cancelling undoes what was done: add --yes');
  }
  const seconds = count('wait', values.wait, 0);
  const sagas = open();
  const saga = (await sagas.ask(address, what)) ? await looked(sagas, address, seconds) : undefined;
  if (saga === undefined) {
    out(missing(address));
    return 1;
  }
  const done = saga.asked === undefined && saga.refused === undefined;
  out(values.json ? JSON.stringify({ done, ...saga }) : answerOf(saga));
  return done ? 0 : 1;
}

function addressOf(command: string, rest: readonly string[]): SagaAddress {
  const [app, saga, id, ...more] = rest;
  if (app === undefined || saga === undefined || id === undefined || more.length > 0) {
    throw new UsageError(`${command} takes the app, the name of the saga and its id`);
  }
  return [app, saga, id];
}

/** Runs one command, and returns its exit code. */
export async function sagaCommand(
  args: readonly string[],
  context: SagaCommandContext,
): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    const [command, ...rest] = positionals;
    if (values.help || command === undefined) {
      context.out(HELP);
      return values.help ? 0 : 2;
    }
    switch (command) {
      case 'list':
        if (rest.length > 0) {
          throw new UsageError(
            `'${rest.join(' ')}' is not expected: use --app, --saga and --status`,
          );
        }
        return await list(values, context);
      case 'show':
        return await show(addressOf(command, rest), values, context);
      case 'retry':
      case 'cancel':
        return await ask(command, addressOf(command, rest), values, context);
      default:
        throw new UsageError(`no command '${command}': use list, show, retry or cancel`);
    }
  } catch (error) {
    const reason = error instanceof UsageError ? error.message : describeFailure(error);
    context.out(printableLine`sagas: ${reason}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/**
 * Runs a command on the sagas of the database that `PGHOST`, `PGDATABASE` and libpq's other variables name, and writes
 * its output to standard output.
 *
 * @param args of the command, e.g. `['list', '--status', 'stuck']`; `['--help']` lists them.
 * @returns the exit code: 0, 1 when something is refused or failed, 2 for wrong arguments.
 *
 * @example
 * process.exitCode = await runSagas(process.argv.slice(2));
 */
export async function runSagas(args: readonly string[]): Promise<number> {
  const pool = openDatabase({ applicationName: 'sagas', connections: 2, log: silentLogger });
  try {
    return await sagaCommand(args, {
      open: () => new OperatedSagas(pool),
      out: (line) => console.log(line),
    });
  } finally {
    await pool.end();
  }
}
