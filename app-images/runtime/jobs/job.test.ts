import { describe, expect, it } from 'vitest';
import { defineApp } from '@cdk8s-event-platform/contracts';
import { JOBS_ENV } from '@cdk8s-event-platform/contracts/interface';
import { consumer } from '../delivery/consumer.ts';
import { startConsumer } from '../process/start-consumer.ts';
import { startService } from '../process/start-service.ts';
import { jobsOf } from './job.ts';

const manifest = defineApp({
  ...{ appId: 'cleaner', description: 'Cleans.', port: 8080 },
  jobs: [{ name: 'clean', description: 'Cleans.', schedule: '@hourly' }],
});
const publish = () => Promise.resolve();

describe('handlers of jobs', () => {
  it('are refused where they do not fit the manifest', () => {
    expect(() => startService(manifest, {})).toThrow(
      "cleaner: no handler for the job clean: add one to 'jobs', or take it from the manifest's 'jobs' [EP8002]",
    );
    expect(() => startConsumer(consumer(manifest))).toThrow('no handler for the job clean');
    const jobs = { clean: publish, sweep: publish };
    expect(() => startService(manifest, { jobs })).toThrow(
      "cleaner: handler for the job sweep, which is not declared: add it to the manifest's 'jobs' [EP8002]",
    );
  });

  it.each([
    ['daily', 'JOB_OVERRIDES (daily) must be a JSON object of jobs by their name [EP8001]'],
    ['[]', 'must be a JSON object'],
    ['{"sweep":{}}', "names the job 'sweep', which the manifest does not have: it has clean"],
    ['{"clean":{"schedule":"61 * * * *"}}', 'its minute (61) is out of range: use 0 to 59'],
  ])('are refused with what the environment says: %s', (text, problem) => {
    expect(() => jobsOf(manifest, { clean: publish }, { [JOBS_ENV]: text })).toThrow(problem);
  });
});
