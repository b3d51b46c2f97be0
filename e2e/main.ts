/** `npm run e2e`: the rendered local platform on real Kafka, daprd, PostgreSQL and API server. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { command } from '../scripts/command.ts';
import { table } from '../scripts/table.ts';
import { verifyEnvironments } from './api-server/verify.ts';
import { clearQuarantine } from './events/clear-quarantine.ts';
import { runFlow } from './events/flow.ts';
import { startPlatform } from './events/platform.ts';
import { ruleMetrics } from './events/rule-metrics.ts';
import { Manifests } from '../scripts/manifests.ts';
import { stopAll } from './process.ts';
import { ensureTools } from './tools/index.ts';

const HELP = `npm run e2e [-- OPTIONS]

Runs the local environment of dist/ on real Kafka, daprd and PostgreSQL on loopback, and has a real
API server accept every object of dist/. What is needed is built once into a cache.

  --tasks N      tasks posted through the producer (default 10000)
  --repeats N    how many of them are posted again (default 1000)
  --poison N     events that no consumer can process (default 20)
  --outage N     seconds for which the database is down, under load (default 60; 0: none)
  --no-crash     does not kill a consumer under load
  --only PART    events or api-server (default: both)
  --keep         leaves the folder with logs and data
  --help         this text`;

const DIST = join(import.meta.dirname, '..', 'dist');
const started = performance.now();

function progress(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

interface Options {
  readonly tasks: number;
  readonly repeats: number;
  readonly poison: number;
  readonly outage: number;
  readonly crash: boolean;
}

/** Events through the running platform; what is not as it has to be. */
async function events(options: Options, folder: string): Promise<string[]> {
  const tools = ensureTools(['kafka', 'dapr']);
  const manifests = join(DIST, 'local');
  const platform = await startPlatform({ tools, manifests, folder, progress });
  const { tallies, failures } = await runFlow(platform, { ...options, progress });
  const columns = [
    'received',
    'processed',
    'suppressed',
    'quarantined',
    'deadLettered',
    'lost',
    'doubled',
  ] as const;
  const rows = tallies.map((tally) => [
    tally.consumer,
    ...columns.map((column) => String(tally[column])),
  ]);
  console.log(
    `\n${table(['consumer', 'received', 'processed', 'duplicates suppressed', 'quarantined', 'of these dead letters', 'lost', 'doubled'], rows)}\n`,
  );
  const metrics = await ruleMetrics(Manifests.read(manifests), platform);
  progress(
    `metrics in alerts: ${metrics.found.join(', ')} found; ${metrics.elsewhere.join(', ')} come from the Kafka exporter, which does not run here`,
  );
  const cleared = await clearQuarantine(platform, options.poison, progress);
  const state = await platform.database.query<{ found: string | null }>(
    `SELECT to_regclass('dapr_state') AS found`,
  );
  await platform.database.end();
  return [
    ...failures,
    ...cleared,
    ...metrics.missing.map((name) => `no endpoint has the metric ${name}, which an alert names`),
    ...(state.rows[0]?.found === null ? ['the state store has not made its table dapr_state'] : []),
  ];
}

/** Every object on a real API server; what it does not accept. */
async function apiServer(folder: string): Promise<string[]> {
  const tools = ensureTools(['dapr', 'crds', 'kubernetes']);
  const results = await verifyEnvironments(
    [join(DIST, 'local'), join(DIST, 'production')],
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
  return results.flatMap(({ failures }) => failures);
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) {
    throw new Error(`--${name} '${text}' is not a count: use a whole number of 0 or more`);
  }
  return value;
}

await command('e2e', async () => {
  const { values } = parseArgs({
    options: {
      tasks: { type: 'string', default: '10000' },
      repeats: { type: 'string', default: '1000' },
      poison: { type: 'string', default: '20' },
      outage: { type: 'string', default: '60' },
      'no-crash': { type: 'boolean', default: false },
      only: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });

  if (values.help) {
    console.log(HELP);
  } else {
    const folder = mkdtempSync(join(tmpdir(), 'event-platform-e2e-'));
    // PostgreSQL runs as a user of its own and has to get to its folder.
    chmodSync(folder, 0o755);
    const failures: string[] = [];
    try {
      const options = {
        tasks: count('tasks', values.tasks),
        repeats: count('repeats', values.repeats),
        poison: count('poison', values.poison),
        outage: count('outage', values.outage),
        crash: !values['no-crash'],
      };
      if (values.only !== 'api-server') {
        failures.push(...(await events(options, folder)));
        await stopAll();
      }
      if (values.only !== 'events') {
        failures.push(...(await apiServer(folder)));
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
      `e2e: ${failures.length === 0 ? 'all as it has to be' : `${failures.length} failures`}, ${seconds} s`,
    );
    process.exitCode = failures.length === 0 ? 0 : 1;
  }
});
