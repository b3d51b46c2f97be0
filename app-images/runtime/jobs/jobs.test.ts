import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type AppManifest, defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { JOBS_ENV } from '@cdk8s-event-platform/contracts/interface';
import { EventPublisher } from '../outbox/event-publisher.ts';
import type { SidecarReply, SidecarRequest } from '../outbox/publisher.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { createDatabase, type TestDatabase } from '../testing/database.ts';
import { testSealing } from '../testing/test-sealing.ts';
import { type JobHandler, type JobRun, jobsOf } from './job.ts';
import { jobTasks } from './job-tasks.ts';

const Cleaned = defineEvent({
  ...{ type: 'com.example.cleaned', topic: 'cleaned', version: '1.0.0', description: 'Cleaned.' },
  key: 'name',
  schema: {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string', maxLength: 64 } },
  },
});
const HOUR = 3_600_000;
const NOON = Date.parse('2026-12-01T12:00:00Z');

function manifestOf(jobs: NonNullable<AppManifest['jobs']>, appId = 'cleaner') {
  return defineApp({ appId, description: 'Cleans.', port: 8080, publishes: [Cleaned], jobs });
}

const clean = { name: 'clean', description: 'Cleans.', schedule: '@hourly' };
const manifest = manifestOf([clean]);
const other = manifestOf([clean], 'other');

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase([manifest, other], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE scheduled_jobs, outbox, effects');
  scheduler.clear();
  clock = NOON + 1;
});

/** What the scheduler has, and requests that it refuses. */
const scheduler = new Map<string, string>();
let refused = false;
let clock = NOON;

function send({ method, path, body }: SidecarRequest): Promise<SidecarReply> {
  const name = path.split('/').at(-1)!;
  if (refused) {
    return Promise.resolve({ status: 500, body: 'no scheduler' });
  }
  switch (method) {
    case 'POST':
      scheduler.set(name, (JSON.parse(body) as { dueTime: string }).dueTime);
      return Promise.resolve({ status: 204, body: '' });
    case 'DELETE':
      scheduler.delete(name);
      return Promise.resolve({ status: 204, body: '' });
    default: {
      const due = scheduler.get(name);
      return Promise.resolve(
        due === undefined
          ? { status: 500, body: '{"message":"code = NotFound desc = job not found"}' }
          : { status: 200, body: JSON.stringify({ data: { value: { due } } }) },
      );
    }
  }
}

/** A process of an app. */
function pod(of: AppManifest = manifest, handle: JobHandler = () => Promise.resolve(), env = {}) {
  const handlers = Object.fromEntries((of.jobs ?? []).map(({ name }) => [name, handle]));
  const metrics = new RuntimeMetrics();
  const { receiver, tasks } = jobTasks({
    ...{ manifest: of, pool: database.poolOf(of.appId), metrics, log: silentLogger, send },
    publisher: new EventPublisher(of, testSealing(of)),
    jobs: jobsOf(of, handlers, env),
    now: () => clock,
  });
  return {
    run: (name: string, at: Date) => receiver.run(name, at),
    round: () => tasks[0]!.poll(),
    metrics,
  };
}

async function rows() {
  const { rows: found } = await database.pool.query<{
    app: string;
    job: string;
    schedule: string;
    next_due: Date | null;
    last_due: Date | null;
    attempts: number;
    error: string | null;
  }>(
    'SELECT app, job, schedule, next_due, last_due, attempts, error FROM scheduled_jobs ORDER BY app, job',
  );
  return found;
}

async function published(): Promise<string[]> {
  const { rows: found } = await database.pool.query<{ id: string }>(
    "SELECT event::json ->> 'id' AS id FROM outbox ORDER BY position",
  );
  return found.map(({ id }) => id);
}

const publish: JobHandler = (tx) => tx.publish(Cleaned, { name: 'attic' });
const due = new Date(NOON + HOUR);

describe('a due time', () => {
  it('is registered, and after a run the next one', async () => {
    const { round, run } = pod();
    expect(await round()).toBeGreaterThan(0);
    expect(scheduler.get('clean')).toBe('2026-12-01T13:00:00.000Z');
    expect(await round()).toBe(0);
    clock = due.getTime();
    expect(await run('clean', due)).toEqual({ outcome: 'done' });
    expect(scheduler.get('clean')).toBe('2026-12-01T14:00:00.000Z');
    expect(await run('clean', due)).toEqual({ outcome: 'duplicate' });
    expect(await rows()).toMatchObject([{ last_due: due, next_due: new Date(NOON + 2 * HOUR) }]);
  });

  it('that two pods are called for at the same time has one effect', async () => {
    const [one, two] = [pod(manifest, publish), pod(manifest, publish)];
    await one.round();
    clock = due.getTime();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? one : two).run('clean', due)),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'done')).toHaveLength(1);
    expect(await published()).toHaveLength(1);
    expect(await rows()).toMatchObject([{ next_due: new Date(NOON + 2 * HOUR), attempts: 0 }]);
    expect(scheduler.get('clean')).toBe('2026-12-01T14:00:00.000Z');
  });

  it('whose run fails is noted without values of rows, and run again with the same ids', async () => {
    let failures = 2;
    const runs: JobRun[] = [];
    const { round, run, metrics } = pod(manifest, async (tx, given) => {
      runs.push(given);
      await publish(tx, given);
      if (failures-- > 0) {
        await tx.query("SELECT 'a secret'::int");
      }
    });
    await round();
    clock = due.getTime() + 30_000;
    expect(await run('clean', due)).toMatchObject({ outcome: 'failed' });
    expect(await run('clean', due)).toMatchObject({ outcome: 'failed' });
    expect(await rows()).toMatchObject([
      { attempts: 2, error: 'SQLSTATE 22P02', next_due: due, last_due: null },
    ]);
    expect(await published()).toEqual([]);
    await round();
    expect(await metrics.text()).toContain('job_overdue_seconds{job_name="clean"} 30');
    expect(await run('clean', due)).toEqual({ outcome: 'done' });
    expect(await rows()).toMatchObject([{ attempts: 0, error: null, last_due: due }]);
    expect(new Set(runs.map(({ event }) => event.id)).size).toBe(1);
    expect(await published()).toHaveLength(1);
    expect(await metrics.text()).toContain('job_overdue_seconds{job_name="clean"} 0');
  });

  it('whose next one cannot be registered is overdue, and registered by a later round', async () => {
    const { round, run, metrics } = pod(manifest, publish);
    await round();
    clock = due.getTime();
    refused = true;
    clock += 45_000;
    await round();
    expect(await metrics.text()).toContain('job_overdue_seconds{job_name="clean"} 45');
    clock = due.getTime();
    expect(await run('clean', due)).toEqual({ outcome: 'done' });
    expect(await round()).toBe(0);
    refused = false;
    scheduler.clear();
    expect(await round()).toBe(1);
    expect(scheduler.get('clean')).toBe('2026-12-01T14:00:00.000Z');
    expect(await published()).toHaveLength(1);
  });

  it('that a handler hides the failure of is not done', async () => {
    const { round, run } = pod(manifest, async (tx) => {
      await tx.query('SELECT 1/0').catch(() => undefined);
    });
    await round();
    clock = due.getTime();
    expect(await run('clean', due)).toMatchObject({ outcome: 'failed' });
    expect(await rows()).toMatchObject([{ attempts: 1, next_due: due }]);
  });

  it('is called for again where this image has no such job, and another one has', async () => {
    await pod().round();
    const without = pod(manifestOf([]));
    expect(await without.run('clean', due)).toMatchObject({ outcome: 'failed' });
    expect(await without.run('never', due)).toEqual({ outcome: 'unknown' });
  });
});

describe('a schedule', () => {
  const changed = manifestOf([{ ...clean, schedule: '@daily' }]);

  it('that a later process has replaces the one before, from now on', async () => {
    const old = pod();
    await old.round();
    clock += 60_000;
    const young = pod(changed);
    await young.round();
    const midnight = new Date('2026-12-02T00:00:00Z');
    expect(await rows()).toMatchObject([{ schedule: '@daily', next_due: midnight }]);
    expect(scheduler.get('clean')).toBe(midnight.toISOString());
    // The pods of the old version are still there.
    clock += 10_000;
    expect(await old.round()).toBe(0);
    expect(await rows()).toMatchObject([{ schedule: '@daily', next_due: midnight }]);
  });

  it('that no process has any more is replaced by one that started earlier', async () => {
    const old = pod();
    await old.round();
    clock += 60_000;
    await pod(changed).round();
    clock += 121_000;
    expect(await old.round()).toBeGreaterThan(0);
    expect(await rows()).toMatchObject([{ schedule: '@hourly', next_due: due }]);
  });

  it('of the environment is taken, and a job that is off is not due', async () => {
    const env = { [JOBS_ENV]: '{"clean":{"enabled":false}}' };
    await pod().round();
    clock += 60_000;
    await pod(manifest, undefined, env).round();
    expect(await rows()).toMatchObject([{ schedule: 'disabled', next_due: null }]);
    expect(scheduler.size).toBe(0);
    const { run } = pod(manifest, publish, env);
    expect(await run('clean', due)).toEqual({ outcome: 'duplicate' });
  });
});

describe('a job that the manifest no longer has', () => {
  it('is removed once no pod has it, and that of another app stays', async () => {
    const old = pod();
    await old.round();
    await pod(other).round();
    const without = pod(manifestOf([]));
    clock += 60_000;
    await old.round();
    await without.round();
    expect(await rows()).toHaveLength(2);
    clock += 121_000;
    await without.round();
    expect(await rows()).toMatchObject([{ app: 'other' }]);
    expect(scheduler.has('clean')).toBe(false);
  });
});

describe('a job that runs once', () => {
  const once = manifestOf([
    { name: 'import', description: 'Imports.', at: '2026-12-01T09:00:00Z' },
  ]);
  const at = new Date('2026-12-01T09:00:00Z');

  it('runs once, also when it was off in between', async () => {
    const { round, run } = pod(once, publish);
    await round();
    expect(await run('import', at)).toEqual({ outcome: 'done' });
    for (const env of [{ [JOBS_ENV]: '{"import":{"enabled":false}}' }, {}]) {
      clock += 60_000;
      await pod(once, publish, env).round();
    }
    expect(await run('import', at)).toEqual({ outcome: 'duplicate' });
    expect(await rows()).toMatchObject([{ next_due: null, last_due: at }]);
    expect(await published()).toHaveLength(1);
  });
});
