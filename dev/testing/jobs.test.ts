import { App, Duration } from 'cdk8s';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { type AppManifest, defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import type { JobHandler, JobRun } from '@cdk8s-event-platform/runtime';
import {
  DaprPubSub,
  Environment,
  EventApp,
  type EventAppProps,
  EventPlatform,
  KafkaCluster,
  PostgresDatabase,
} from 'cdk8s-event-platform';
import { type TestPlatform, testPlatform } from './test-platform.ts';

const Cleaned = defineEvent({
  ...{ type: 'com.example.cleaned', topic: 'cleaned', version: '1.0.0', description: 'Cleaned.' },
  key: 'due',
  schema: {
    type: 'object',
    required: ['due', 'missed'],
    properties: {
      due: { type: 'string', maxLength: 64 },
      missed: { type: 'integer', minimum: 0, maximum: 1000 },
    },
  },
});

type Jobs = NonNullable<AppManifest['jobs']>;

function manifestOf(jobs: Jobs) {
  return defineApp({
    ...{ appId: 'cleaner', description: 'Cleans.', port: 8080, publishes: [Cleaned], jobs },
    migrations: [{ name: '0100-runs', sql: 'CREATE TABLE runs (due timestamptz NOT NULL)' }],
  });
}

function platformOf(manifest: AppManifest, props: Partial<EventAppProps> = {}): EventPlatform {
  const platform = new EventPlatform(new App(), 'platform', { environment: Environment.local() });
  const database = new PostgresDatabase(platform, 'postgres');
  const pubSub = new DaprPubSub(platform, 'pubsub', {
    broker: new KafkaCluster(platform, 'kafka'),
  });
  new EventApp(platform, 'cleaner', { manifest, pubSub, database, ...props });
  return platform;
}

const running: TestPlatform[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((platform) => platform.stop()));
});

/** A platform whose one app has a job, and what its runs were given. */
async function withJobs(
  jobs: Jobs,
  { handle, props }: { handle?: JobHandler; props?: Partial<EventAppProps> } = {},
) {
  const runs: JobRun[] = [];
  const manifest = manifestOf(jobs);
  const run: JobHandler = async (tx, given) => {
    runs.push(given);
    await tx.query('INSERT INTO runs VALUES ($1)', [given.due]);
    await tx.publish(Cleaned, { due: given.due.toISOString(), missed: given.missed });
    await handle?.(tx, given);
  };
  const platform = await testPlatform(platformOf(manifest, props), {
    apps: { cleaner: { manifest, jobs: Object.fromEntries(jobs.map(({ name }) => [name, run])) } },
    url: inject('postgresUrl'),
  });
  running.push(platform);
  await platform.settle();
  const rows = () =>
    platform.query<{ job: string; next_due: Date | null; attempts: number; error: string | null }>(
      'cleaner',
      'SELECT job, next_due, attempts, error FROM scheduled_jobs ORDER BY job',
    );
  const committed = async () =>
    (await platform.query<{ due: Date }>('cleaner', 'SELECT due FROM runs ORDER BY due')).map(
      ({ due }) => due.getTime(),
    );
  return { platform, runs, rows, committed };
}

const every = (schedule: string, catchUp?: 'each'): Jobs => [
  { name: 'clean', description: 'Cleans.', schedule, ...(catchUp && { catchUp }) },
];
const HOUR = 3_600_000;

/** Whether times are multiples of an hour, one after the other. */
function areHourly(times: readonly number[]): boolean {
  return times.every(
    (time, index) => time % HOUR === 0 && (index === 0 || time === times[index - 1]! + HOUR),
  );
}

describe('jobs', () => {
  it('run at each due time, once', async () => {
    const { platform, runs, committed, rows } = await withJobs(every('@hourly'));
    expect(runs).toEqual([]);
    await platform.advance(Duration.hours(6));
    const times = await committed();
    expect(times).toHaveLength(6);
    expect(areHourly(times)).toBe(true);
    expect(runs.map(({ missed }) => missed)).toEqual([0, 0, 0, 0, 0, 0]);
    const published = await platform.published(Cleaned);
    expect(published.map(({ data }) => Date.parse(data.due)).toSorted()).toEqual(times);
    expect(await rows()).toEqual([
      { job: 'clean', next_due: new Date(times.at(-1)! + HOUR), attempts: 0, error: null },
    ]);
  });

  it('that run once run once, also when their time is over', async () => {
    const { platform, committed, rows } = await withJobs([
      { name: 'past', description: 'Was due.', at: '2020-01-01T00:00:00Z' },
      { name: 'soon', description: 'Is due.', at: new Date(Date.now() + HOUR).toISOString() },
    ]);
    await platform.settle();
    expect(await committed()).toEqual([Date.parse('2020-01-01T00:00:00Z')]);
    await platform.advance(Duration.hours(3));
    expect(await committed()).toHaveLength(2);
    expect((await rows()).map(({ next_due }) => next_due)).toEqual([null, null]);
  });

  it('that fail are rolled back, noted, and tried until they succeed', async () => {
    let failures = 3;
    const { platform, runs, rows, committed } = await withJobs(every('@hourly'), {
      handle: () => (failures-- > 0 ? Promise.reject(new Error('no space')) : Promise.resolve()),
    });
    await platform.advance(Duration.millis(HOUR - (Date.now() % HOUR) + 5_000));
    expect(await committed()).toEqual([]);
    expect(await platform.published(Cleaned)).toEqual([]);
    expect(await rows()).toMatchObject([{ attempts: 1, error: 'no space' }]);
    await platform.advance(Duration.seconds(60));
    expect(runs.length).toBe(4);
    expect(new Set(runs.map(({ event }) => event.id)).size).toBe(1);
    expect(await committed()).toHaveLength(1);
    expect(await rows()).toMatchObject([{ attempts: 0, error: null }]);
    expect(await platform.published(Cleaned)).toHaveLength(1);
  });

  it('whose process is killed at the commit run again, with the same ids', async () => {
    const { platform, runs, committed } = await withJobs(every('@hourly'));
    platform.kill('cleaner', 'at-commit');
    await platform.advance(Duration.hours(2));
    expect(runs.length).toBe(3);
    expect(runs[0]!.event.id).toBe(runs[1]!.event.id);
    expect(await committed()).toHaveLength(2);
    expect(await platform.published(Cleaned)).toHaveLength(2);
    expect(await platform.audit()).toMatchObject({ lost: [], doubled: [] });
  });

  it('have one effect for each due time when calls are doubled and answers lost', async () => {
    const { platform, committed } = await withJobs(every('@hourly'));
    platform.faults.set({ duplicates: 0.5, loseAnswers: 0.5 });
    await platform.advance(Duration.hours(8));
    platform.faults.clear();
    await platform.advance(Duration.minutes(1));
    const times = await committed();
    expect(times).toHaveLength(8);
    expect(areHourly(times)).toBe(true);
    expect(await platform.published(Cleaned)).toHaveLength(8);
  });

  it('collapse what was missed into the latest, and say how much that was', async () => {
    const { platform, runs, committed } = await withJobs(every('@hourly'));
    await platform.withoutDatabase(() => platform.advance(Duration.hours(3)));
    await platform.advance(Duration.minutes(1));
    const done = await committed();
    expect(done).toHaveLength(1);
    expect(runs.at(-1)).toMatchObject({ missed: 2, due: new Date(done[0]!) });
    await platform.advance(Duration.hours(1));
    expect(areHourly(await committed())).toBe(true);
  });

  it('run each due time that was missed where they are declared so', async () => {
    const { platform, runs, committed } = await withJobs(every('@hourly', 'each'));
    await platform.withoutDatabase(() => platform.advance(Duration.hours(3)));
    await platform.advance(Duration.minutes(1));
    const done = await committed();
    expect(done).toHaveLength(3);
    expect(areHourly(done)).toBe(true);
    expect(runs.every(({ missed }) => missed === 0)).toBe(true);
  });

  it('are registered again when the scheduler has lost them', async () => {
    const { platform, committed } = await withJobs(every('@hourly'));
    platform.loseJobs('cleaner');
    await platform.advance(Duration.hours(2));
    expect(await committed()).toHaveLength(2);
  });

  it('follow what the environment says', async () => {
    const jobs: Jobs = [
      ...every('@hourly'),
      { name: 'report', description: 'Reports.', schedule: '@every 10m' },
    ];
    const { platform, committed, rows } = await withJobs(jobs, {
      props: { jobs: { clean: { enabled: false }, report: { schedule: '@every 30m' } } },
    });
    await platform.advance(Duration.hours(2));
    expect(await committed()).toHaveLength(4);
    expect(await rows()).toMatchObject([{ job: 'clean', next_due: null }, { job: 'report' }]);
  });
});
