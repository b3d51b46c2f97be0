/** An app with nothing but jobs, each of which notes its runs. */
import { defineApp } from '@cdk8s-event-platform/contracts';
import { type JobHandler, startService } from '@cdk8s-event-platform/runtime';

export const manifest = defineApp({
  appId: 'ticker',
  description: 'Notes when its jobs run.',
  port: 8080,
  migrations: [
    {
      name: '0100-runs',
      sql: 'CREATE TABLE runs (job text NOT NULL, due timestamptz NOT NULL, missed int NOT NULL, pid int NOT NULL)',
    },
  ],
  jobs: [
    { name: 'each', description: 'Runs each due time.', schedule: '@every 2s', catchUp: 'each' },
    { name: 'latest', description: 'Runs the latest due time.', schedule: '*/3 * * * * *' },
    { name: 'failing', description: 'Fails half of the time.', schedule: '@every 5s' },
    { name: 'once', description: 'Runs once.', at: '2026-01-01T00:00:00Z' },
  ],
});

function note(job: string): JobHandler {
  return async (tx, { due, missed }) => {
    await tx.query('INSERT INTO runs VALUES ($1, $2, $3, $4)', [job, due, missed, process.pid]);
    if (job === 'failing' && Math.random() < 0.5) {
      throw new Error('half of the runs fail');
    }
  };
}

if (process.argv[1] === import.meta.filename) {
  startService(manifest, {
    jobs: Object.fromEntries(manifest.jobs.map(({ name }) => [name, note(name)])),
  });
}
