import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { sideEffect } from '../effects/effects.ts';
import type { JobHandler, JobRun } from '../jobs/job.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { TestApp } from './test-app.ts';

const Cleaned = defineEvent({
  ...{ type: 'com.example.cleaned', topic: 'cleaned', version: '1.0.0', description: 'Cleaned.' },
  key: 'name',
  schema: {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string', maxLength: 64 } },
  },
});
const manifest = defineApp({
  ...{ appId: 'cleaner', description: 'Cleans.', port: 8080, publishes: [Cleaned] },
  jobs: [{ name: 'clean', description: 'Cleans.', schedule: '@hourly' }],
});
const publish: JobHandler = (tx) => tx.publish(Cleaned, { name: 'attic' });

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE scheduled_jobs, outbox, effects'));

describe('runJob', () => {
  const mail = sideEffect<{ to: string }>('mail', () => Promise.resolve());

  it('runs a job for a due time, with what was missed, events and side effects', async () => {
    const runs: JobRun[] = [];
    const app = new TestApp(
      {
        manifest,
        on: [mail],
        jobs: {
          clean: async (tx, run) => {
            runs.push(run);
            await publish(tx, run);
            await tx.schedule(mail, [{ event: run.event, payload: { to: 'ann' } }]);
          },
        },
      },
      database,
    );
    const run = { due: '2026-12-01T13:00:00Z', at: '2026-12-01T16:30:00Z' };
    expect(await app.runJob('clean', run)).toEqual({ outcome: 'done' });
    expect(await app.runJob('clean', run)).toEqual({ outcome: 'duplicate' });
    expect(await app.runJob('clean')).toEqual({ outcome: 'done' });
    expect(runs).toMatchObject([
      { due: new Date('2026-12-01T16:00:00Z'), missed: 3 },
      { due: new Date('2026-12-01T17:00:00Z'), missed: 0 },
    ]);
    expect(await app.published(Cleaned)).toMatchObject(
      ['16', '17'].map((hour) => ({ causationid: `job:clean@2026-12-01T${hour}:00:00.000Z` })),
    );
    expect(await app.scheduled(mail)).toEqual([{ to: 'ann' }, { to: 'ann' }]);
  });

  it('says why a run failed, and which jobs and due times there are', async () => {
    const app = new TestApp(
      { manifest, jobs: { clean: () => Promise.reject(new Error('no space')) } },
      database,
    );
    expect(await app.runJob('clean')).toEqual({ outcome: 'failed', problem: 'no space' });
    await expect(app.runJob('sweep')).rejects.toThrow("cleaner has no job 'sweep': it has clean");
    await expect(app.runJob('clean', { due: '2026-12-01T13:05:00Z' })).rejects.toThrow(
      "is not a due time of the job 'clean' (@hourly): the next one is 2026-12-01T14:00:00.000Z",
    );
  });
});
