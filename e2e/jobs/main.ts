/** `npm run e2e:jobs`: jobs of two pods on Dapr's scheduler, while everything is killed in turn. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createDatabase, startPostgres } from '../../app-images/runtime/testing/index.ts';
import { command } from '../../cli/command.ts';
import { startScheduler } from '../../testkit/platform/scheduler.ts';
import { stopAll } from '../../testkit/process.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import { until } from '../../testkit/until.ts';
import { manifest } from './app.ts';
import { startPod, statusWithoutToken } from './pods.ts';

const HELP = `npm run e2e:jobs [-- OPTIONS]

Runs jobs of an app with two pods on Dapr's scheduler and a real PostgreSQL. Kills an app, a sidecar, both apps and
the scheduler, and removes the scheduler's disk. Fails unless each due time has been processed once.

  --keep   leaves the folder with logs
  --help   this text`;

/** Seconds after which a scheduler that was killed has its sidecars again, and apps have registered what it lacks. */
const RECOVERY = 60;
/** Seconds between two due times of each job. */
const INTERVALS: Readonly<Record<string, number>> = { each: 2, latest: 3, failing: 5 };

const started = performance.now();

function progress(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

interface Run {
  readonly job: string;
  readonly due: Date;
  readonly missed: number;
}

/** Checks that due times are there once, and that those which are not were told as missed. */
function checkRuns(job: string, runs: readonly Run[]): string {
  const step = INTERVALS[job]! * 1000;
  const dues = runs.map(({ due }) => due.getTime());
  assert.ok(dues.length > 0, `${job} has not run`);
  dues.forEach((due) => assert.equal(due % step, 0, `${job} has no due time ${due}`));
  runs.slice(1).forEach(({ missed }, index) => {
    assert.equal(dues[index + 1]! - dues[index]!, (missed + 1) * step, `${job} after run ${index}`);
  });
  const missed = runs.reduce((sum, run) => sum + run.missed, 0);
  if (job === 'each') {
    assert.equal(missed, 0);
  }
  return `${job}: ${runs.length} due times, each once, and ${missed} that were missed`;
}

async function scenario(folder: string): Promise<void> {
  const tools = ensureTools(['dapr', 'dapr-control-plane']);
  const postgres = await startPostgres();
  const database = await createDatabase([manifest], { url: postgres.url });
  const disk = join(folder, 'scheduler');
  const scheduler = await startScheduler(tools['dapr-control-plane'], disk, folder);
  const options = {
    ...{ daprd: join(tools.dapr, 'daprd'), scheduler, folder },
    database: database.poolOf(manifest.appId).options,
  };
  const [a, b] = [await startPod('a', options), await startPod('b', options)];
  const count = async (): Promise<number> => {
    const { rows } = await database.pool.query<{ runs: number }>(
      "SELECT count(*)::int AS runs FROM runs WHERE job = 'each'",
    );
    return rows[0]!.runs;
  };
  const goesOn = async (what: string): Promise<void> => {
    const before = await count();
    await until(`jobs run: ${what}`, RECOVERY, async () => (await count()) >= before + 5, 200);
    progress(what);
  };
  await goesOn('jobs run');
  assert.equal(await statusWithoutToken(a), 401);
  a.app.signal('SIGKILL');
  await goesOn('an app was killed');
  b.daprd.signal('SIGKILL');
  await goesOn('a sidecar was killed');
  await Promise.all([a.app.stop('SIGKILL'), b.app.stop('SIGKILL')]);
  await sleep(8_000);
  await Promise.all([a.app.start(), b.app.start()]);
  await goesOn('both apps were down for eight seconds');
  await scheduler.process.stop('SIGKILL');
  await scheduler.process.start();
  await goesOn('the scheduler was killed');
  await scheduler.process.stop('SIGKILL');
  rmSync(disk, { recursive: true });
  await scheduler.process.start();
  await goesOn('the scheduler has lost its disk');
  await postgres.stop();
  await sleep(3_000);
  await postgres.start();
  await goesOn('the database was down for three seconds');
  const caughtUp = async (): Promise<boolean> => {
    const { rows } = await database.pool.query<{ late: boolean | null }>(
      "SELECT bool_or(next_due < now() - interval '10 seconds') AS late FROM scheduled_jobs",
    );
    return rows[0]!.late !== true;
  };
  await until('no job is overdue', RECOVERY * 2, caughtUp, 500);
  await Promise.all([a, b].flatMap(({ app, daprd }) => [app.stop(), daprd.stop()]));
  const { rows } = await database.pool.query<Run>('SELECT job, due, missed FROM runs ORDER BY due');
  for (const job of Object.keys(INTERVALS)) {
    progress(
      checkRuns(
        job,
        rows.filter((run) => run.job === job),
      ),
    );
  }
  assert.equal(rows.filter(({ job }) => job === 'once').length, 1, 'once');
  progress('once: one run');
  await scheduler.process.stop();
  await database.drop();
  await postgres.remove();
}

await command('e2e:jobs', async () => {
  const { values } = parseArgs({
    options: {
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-jobs-'));
  try {
    await scenario(folder);
    console.log('e2e:jobs: passed');
  } finally {
    await stopAll();
    if (values.keep) {
      console.log(folder);
    } else {
      rmSync(folder, { recursive: true, force: true });
    }
  }
});
