/** `npm run e2e:faults`: the rendered platform under load, with everything that can fail failing. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { command } from '../../cli/command.ts';
import { table } from '../../cli/table.ts';
import { BROKERS } from '../../testkit/brokers/index.ts';
import { startPlatform } from '../../testkit/platform/platform.ts';
import { stopAll } from '../../testkit/process.ts';
import { check, type Totals } from './check.ts';
import { Clocks } from './clock.ts';
import { FAULTS } from './faults.ts';
import { FaultLoad } from './load.ts';
import { SeededRandom } from '../../testkit/random.ts';
import { SmallVolume } from './volume.ts';

const HELP = `npm run e2e:faults [-- OPTIONS]

Runs the local environment of dist/ on real Kafka, daprd and PostgreSQL on loopback, under load, and
lets one thing after the other fail at random moments: consumers, sidecars, broker, database and relay
are killed with -9, the database is slow or has no room, events come in storms of duplicates, clocks
are wrong. Nothing may be lost or doubled, and tasks of a user keep their order.

  --rounds N     faults (default 200; 20 where CI is set)
  --every N      rounds between two counts (default 20)
  --seed N       the same seed is the same sequence of faults (default 1)
  --only A,B     kinds of faults: ${Object.keys(FAULTS).join(', ')}
  --keep         leaves the folder with logs and data
  --help         this text`;

/** Room for the database: its log is kept small. */
const VOLUME_MEBIBYTES = 640;
const started = performance.now();

function progress(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

function count(name: string, text: string, min: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min) {
    throw new Error(`--${name} (${text}) must be a whole number of at least ${min}`);
  }
  return value;
}

function kinds(only: string | undefined): string[] {
  const known = Object.keys(FAULTS);
  const wanted = only?.split(',').map((kind) => kind.trim()) ?? known;
  const unknown = wanted.filter((kind) => !known.includes(kind));
  if (unknown.length > 0) {
    throw new Error(`no fault '${unknown.join("', '")}': use ${known.join(', ')}`);
  }
  return wanted;
}

interface Options {
  readonly rounds: number;
  readonly every: number;
  readonly seed: number;
  readonly kinds: readonly string[];
}

/** What is wrong. */
function failuresOf({ tallies, outOfOrder, replayed }: Totals): string[] {
  return [
    ...tallies
      .filter(({ lost, doubled }) => lost + doubled > 0)
      .map(({ consumer, lost, doubled }) => `${consumer}: lost ${lost}, doubled ${doubled}`),
    // What a sidecar gave up was passed over by later events of its key.
    ...(outOfOrder > replayed ? [`${outOfOrder} tasks are behind a later one of their user`] : []),
  ];
}

async function run(options: Options, folder: string): Promise<string[]> {
  const volume = SmallVolume.mount(join(folder, 'postgres'), VOLUME_MEBIBYTES);
  const usable = options.kinds.filter((kind) => volume !== undefined || kind !== 'disk full');
  if (usable.length < options.kinds.length) {
    progress('disk full: not run, since this user may not mount a file system to fill');
  }
  const clocks = new Clocks(folder);
  try {
    const platform = await startPlatform({
      broker: BROKERS.kafka,
      folder,
      progress,
      appEnv: (appId) => clocks.env(appId),
    });
    await platform.database.query(`ALTER SYSTEM SET max_wal_size = '128MB'`);
    await platform.database.query('SELECT pg_reload_conf()');
    const load = new FaultLoad(platform.apps.get('producer')!.port);
    const random = new SeededRandom(options.seed);
    const rounds = new Map<string, number>();
    let totals: Totals | undefined;
    let replayed = 0;
    load.start();
    for (let round = 1; round <= options.rounds; round++) {
      await sleep(random.between(200, 2_500));
      const kind = random.pick(usable);
      const what = await FAULTS[kind]!({ platform, clocks, volume, random });
      rounds.set(kind, (rounds.get(kind) ?? 0) + 1);
      progress(`${round}/${options.rounds} ${what}`);
      if (round % options.every === 0 || round === options.rounds) {
        await load.stop();
        totals = await check(platform, load.confirmed, progress);
        replayed += totals.replayed;
        totals = { ...totals, replayed };
        const failures = failuresOf(totals);
        progress(
          `${load.confirmed.size} events: ${failures.length === 0 ? 'lost 0, doubled 0, order kept' : failures.join('; ')}; ${replayed} given up by sidecars and replayed`,
        );
        if (failures.length > 0) {
          break;
        }
        if (round < options.rounds) {
          load.start();
        }
      }
    }
    load.close();
    await platform.database.end();
    report(rounds, totals!, load.confirmed.size);
    return failuresOf(totals!);
  } finally {
    await stopAll();
    volume?.unmount();
  }
}

function report(rounds: ReadonlyMap<string, number>, totals: Totals, events: number): void {
  const counts = [...rounds].map(([kind, number]) => [kind, String(number)]);
  console.log(`\n${table(['fault', 'rounds'], counts)}`);
  const rows = totals.tallies.map(({ consumer, lost, doubled }) => [
    consumer,
    String(events),
    String(lost),
    String(doubled),
    consumer === 'task-processor' ? String(totals.outOfOrder) : '-',
  ]);
  console.log(
    `\n${table(['consumer', 'events', 'lost', 'doubled', 'out of order'], rows)}\n\n${totals.replayed} events were given up by sidecars and replayed from the quarantine\n`,
  );
}

await command('e2e:faults', async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: process.env.CI === undefined ? '200' : '20' },
      every: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const options = {
    rounds: count('rounds', values.rounds, 1),
    every: count('every', values.every, 1),
    seed: count('seed', values.seed, 0),
    kinds: kinds(values.only),
  };
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-faults-'));
  // PostgreSQL runs as a user of its own and must reach its folder.
  chmodSync(folder, 0o755);
  const failures = await run(options, folder).catch((error: unknown) => [(error as Error).message]);
  if (values.keep) {
    console.log(`logs: ${folder}`);
  } else {
    rmSync(folder, { recursive: true, force: true });
  }
  failures.forEach((failure) => console.error(`FAILED  ${failure}`));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `e2e:faults: ${options.rounds} rounds, seed ${options.seed}, ${failures.length === 0 ? 'all as expected' : `${failures.length} failures`}, ${seconds} s`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
});
