/** `npm run e2e`: the rendered local platform on real Kafka, daprd, PostgreSQL and API server. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PLATFORMS } from '../charts/systems.ts';
import { command } from '../cli/command.ts';
import { table } from '../cli/table.ts';
import type { BrokerSetting } from '../testkit/brokers/broker.ts';
import { type BrokerName, BROKERS } from '../testkit/brokers/index.ts';
import { brokerNames, count, HELP, type Options, type Part, parts } from './options.ts';
import { verifyAnyPlatforms } from './api-server/any-platforms.ts';
import { verifyEnvironments } from './api-server/verify.ts';
import { verifyDatabases } from './databases/verify.ts';
import { clearQuarantine } from './events/clear-quarantine.ts';
import { runFlow } from './events/flow.ts';
import { startPlatform } from '../testkit/platform/platform.ts';
import type { Tally } from '../testkit/platform/tally.ts';
import { Observation } from './observability/observe.ts';
import { stopAll } from '../testkit/process.ts';
import { ensureTools } from '../testkit/tools/index.ts';
import { verifyOrders } from './orders/verify.ts';
import { verifyTodo } from './todo/verify.ts';
import { verifyTraffic } from './traffic/verify.ts';
import { verifyTopics } from './topics/verify.ts';
import { checkTrace } from './traces/check.ts';
import { SpanRecorder } from './traces/recorder.ts';
import { verifyVersions } from './versions/verify.ts';

const DIST = join(import.meta.dirname, '..', 'dist');
const started = performance.now();

function progress(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

/** What one broker came to. */
interface BrokerResult {
  readonly row: readonly string[];
  readonly failures: readonly string[];
}

const TALLY_COLUMNS = [
  'received',
  'processed',
  'suppressed',
  'quarantined',
  'deadLettered',
  'lost',
  'doubled',
] as const;

function sum(tallies: readonly Tally[], column: 'lost' | 'doubled' | 'deadLettered'): string {
  return String(tallies.reduce((total, tally) => total + tally[column], 0));
}

/** Events through the running platform; what is wrong. */
async function events(
  name: BrokerName,
  options: Options,
  folder: string,
  recorder: SpanRecorder,
): Promise<BrokerResult> {
  const broker: BrokerSetting = BROKERS[name];
  // So that runs with several brokers show both protocols.
  const traces = recorder.endpoint(name.startsWith('kafka') ? 'otlp' : 'zipkin');
  const platform = await startPlatform({ broker, folder, progress, traces });
  const observation = await Observation.start({ platform, folder, progress });
  const { tallies, published, failures } = await runFlow(platform, {
    ...options,
    dropsRepeats: broker.dropsRepeats ?? false,
    progress: (text) => {
      observation.note(text);
      progress(text);
    },
  });
  const rows = tallies.map((tally) => [
    tally.consumer,
    ...TALLY_COLUMNS.map((column) => String(tally[column])),
  ]);
  console.log(
    `\n${table(['consumer', 'received', 'processed', 'duplicates suppressed', 'quarantined', 'of these dead letters', 'lost', 'doubled'], rows)}\n`,
  );
  const { mails } = platform.mails;
  const again = mails.length - new Set(mails.map(({ messageId }) => messageId)).size;
  progress(`${mails.length} mails arrived, ${again} of them again`);
  const traced = await checkTrace(platform, recorder, progress);
  const rights = (await platform.broker.checkRights?.()) ?? [];
  const { rows: ids } = await platform.database.query<{ id: string }>(
    'SELECT event_id AS id FROM tasks UNION SELECT event_id FROM quarantine',
  );
  const seen = await observation.report(new Set(ids.map(({ id }) => id)));
  if (options.plots !== undefined) {
    progress(`drawn: ${(await observation.plots(options.plots)).join(', ')}`);
  }
  const cleared = await clearQuarantine(platform, options.poison, progress);
  await platform.database.end();
  const all = [...failures, ...traced, ...rights, ...cleared, ...seen];
  return {
    row: [
      broker.description,
      String(published),
      sum(tallies, 'lost'),
      sum(tallies, 'doubled'),
      sum(tallies, 'deadLettered'),
      options.crash ? (failures.length === 0 ? 'yes' : 'NO') : 'not killed',
    ],
    failures: all.map((failure) => `${name}: ${failure}`),
  };
}

/** Each broker in turn; a table with all of them. */
async function brokers(options: Options, folder: string): Promise<string[]> {
  const rows: (readonly string[])[] = [];
  const failures: string[] = [];
  for (const name of options.brokers) {
    progress(`== ${name}`);
    const own = join(folder, name);
    mkdirSync(own);
    const recorder = await new SpanRecorder().start();
    try {
      const result = await events(name, options, own, recorder);
      rows.push(result.row);
      failures.push(...result.failures);
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message}`);
    } finally {
      await stopAll();
      await recorder.stop();
    }
  }
  console.log(
    `\n${table(['broker', 'events', 'lost', 'doubled', 'dead-lettered', 'survived kill'], rows)}\n`,
  );
  return failures;
}

/** Every object on a real API server; what it does not accept. */
async function apiServer(options: Options, folder: string): Promise<string[]> {
  const tools = ensureTools(['dapr', 'crds', 'kubernetes']);
  const results = await verifyEnvironments(
    PLATFORMS.map(({ folder: name }) => join(DIST, name)),
    tools,
    folder,
    progress,
  );
  const rows = results.map((result) => [
    result.environment,
    `${result.accepted}/${result.rendered}`,
    String(result.warnings),
    `${result.podsAccepted}/${result.pods}`,
    String(result.changedOnReapply),
  ]);
  console.log(
    `\n${table(['environment', 'accepted/rendered', 'warnings', 'pods accepted', 'changed by a second apply'], rows)}\n`,
  );
  const any = await verifyAnyPlatforms(options, tools, folder, progress);
  console.log(
    `${any.rendered} platforms of any options with ${any.objects} objects and ${any.pods} pods; ${any.refused} more were refused before they were rendered\n`,
  );
  return [...results.flatMap(({ failures }) => failures), ...any.failures];
}

/** Two versions of an event at the same time, with large and personal data; what must not be. */
async function versions(options: Options, folder: string): Promise<string[]> {
  const own = join(folder, 'versions');
  mkdirSync(own);
  const [name] = options.brokers as readonly [BrokerName, ...BrokerName[]];
  progress(`== versions, on ${name}`);
  try {
    return await verifyVersions(BROKERS[name], own, progress);
  } finally {
    await stopAll();
  }
}

/** A system with each broker in turn; what must not be. */
async function onEachBroker(
  system: string,
  { brokers: names }: Options,
  folder: string,
  verify: (broker: BrokerSetting, folder: string) => Promise<string[]>,
): Promise<string[]> {
  const failures: string[] = [];
  for (const name of names) {
    progress(`== ${system}, on ${name}`);
    try {
      failures.push(...(await verify(BROKERS[name], join(folder, `${system}-${name}`))));
    } finally {
      await stopAll();
    }
  }
  return failures;
}

/** The Todo system, with its users. */
function todo(options: Options, folder: string): Promise<string[]> {
  return onEachBroker('todo', options, folder, (broker, own) =>
    verifyTodo(broker, own, options.seed, progress),
  );
}

/** The traffic manager, whose routes change. */
function traffic(options: Options, folder: string): Promise<string[]> {
  const { seed, changes, grow } = options;
  return onEachBroker('traffic', options, folder, (broker, own) =>
    verifyTraffic({ broker, folder: own, seed, changes, grow, progress }),
  );
}

/** The order platform, whose orders go through both sagas. */
function orders(options: Options, folder: string): Promise<string[]> {
  const { seed, orders: each } = options;
  return onEachBroker('orders', options, folder, (broker, own) =>
    verifyOrders({ broker, folder: own, seed, orders: each, progress }),
  );
}

/** Retentions of topics and starts of consumers on Kafka; what must not be. */
function topics(folder: string): Promise<string[]> {
  progress('== topics');
  return verifyTopics(join(folder, 'topics'), progress);
}

/** The database behind a pooler, switched over, and restored; what must not be. */
function databases(folder: string): Promise<string[]> {
  const own = join(folder, 'databases');
  mkdirSync(own);
  progress('== databases');
  return verifyDatabases(own, progress);
}

const RUN_PART: Readonly<Record<Part, (options: Options, folder: string) => Promise<string[]>>> = {
  events: brokers,
  topics: (_options, folder) => topics(folder),
  versions: (options, folder) => versions(options, folder),
  databases: (_options, folder) => databases(folder),
  todo,
  traffic,
  orders,
  'api-server': apiServer,
};

await command('e2e', async () => {
  const { values } = parseArgs({
    options: {
      broker: { type: 'string', default: 'kafka' },
      tasks: { type: 'string', default: '10000' },
      repeats: { type: 'string', default: '1000' },
      poison: { type: 'string', default: '20' },
      outage: { type: 'string', default: '60' },
      'no-crash': { type: 'boolean', default: false },
      changes: { type: 'string', default: '10000' },
      grow: { type: 'boolean', default: false },
      orders: { type: 'string', default: '2000' },
      platforms: { type: 'string', default: '40' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      only: { type: 'string' },
      system: { type: 'string' },
      plots: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });

  if (values.help) {
    console.log(HELP);
  } else {
    const folder = mkdtempSync(join(tmpdir(), 'event-platform-e2e-'));
    // PostgreSQL runs as a user of its own and must reach its folder.
    chmodSync(folder, 0o755);
    const failures: string[] = [];
    try {
      const options = {
        brokers: brokerNames(values.broker),
        tasks: count('tasks', values.tasks),
        repeats: count('repeats', values.repeats),
        poison: count('poison', values.poison),
        outage: count('outage', values.outage),
        crash: !values['no-crash'],
        changes: count('changes', values.changes),
        orders: count('orders', values.orders),
        grow: values.grow,
        platforms: count('platforms', values.platforms),
        seed: count('seed', values.seed),
        plots: values.plots,
      };
      for (const part of parts(values.only, values.system)) {
        failures.push(...(await RUN_PART[part](options, folder)));
      }
    } catch (error) {
      failures.push((error as Error).message);
    } finally {
      await stopAll();
      if (values.keep) {
        console.log(`logs and data: ${folder}`);
      } else {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    failures.forEach((failure) => console.error(`FAILED  ${failure}`));
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(
      `e2e: ${failures.length === 0 ? 'all as expected' : `${failures.length} failures`}, ${seconds} s`,
    );
    process.exitCode = failures.length === 0 ? 0 : 1;
  }
});
