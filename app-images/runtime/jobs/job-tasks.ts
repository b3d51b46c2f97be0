import type { JobReceiver } from '../http/job-endpoint.ts';
import { describeFailure } from '../errors/failure.ts';
import type { BackgroundTask } from '../process/consumer-tasks.ts';
import type { ProcessContext } from '../process/start.ts';
import type { Job } from './job.ts';
import { JobRegistrar } from './job-registrar.ts';
import { JobRunner, type JobRunnerOptions } from './job-runner.ts';
import { JobStore } from './job-store.ts';
import { SchedulerApi, type SendToSidecar } from './scheduler-api.ts';

/** What the jobs of an app need. */
export interface JobContext
  extends
    Pick<ProcessContext, 'pool' | 'metrics' | 'log'>,
    Pick<JobRunnerOptions, 'manifest' | 'publisher'> {
  readonly jobs: readonly Job[];
  /** Called after each run, which may have published events. */
  readonly committed?: () => void;
  /** Milliseconds since 1970. @default - the system's clock */
  readonly now?: () => number;
  /** Sends requests to the sidecar. @default - over HTTP on this machine */
  readonly send?: SendToSidecar;
}

/** Longest time between two looks at what the scheduler lacks, in milliseconds. */
const MAX_DELAY = 30_000;

/** What an app does for its jobs: it answers calls, and registers in the background what the scheduler lacks. */
export function jobTasks(context: JobContext): { receiver: JobReceiver; tasks: BackgroundTask[] } {
  const { manifest, jobs, pool, metrics, log, publisher, committed, now = Date.now } = context;
  const runner = new JobRunner({ manifest, jobs, pool, publisher, log, now });
  const store = new JobStore(manifest.appId, pool);
  const scheduler = new SchedulerApi(context.send);
  const registrar = new JobRegistrar({ jobs, store, scheduler, metrics, now });
  metrics.initializeJobs(jobs.map(({ name }) => name));
  const receiver: JobReceiver = {
    run: async (job, due, traceparent) => {
      const result = await runner.run(job, due, traceparent);
      committed?.();
      // Before the answer, after which a scheduler may forget the job. What fails here, the next round does.
      if (result.outcome === 'done' || result.outcome === 'duplicate') {
        await registrar
          .register(job)
          .then(() => registrar.measure())
          .catch((error: unknown) => {
            log.warn({ job, reason: describeFailure(error) }, 'next due time not registered yet');
          });
      }
      return result;
    },
  };
  // A sidecar that is not up yet is asked again soon: a poll that fails would be repeated after the longest delay.
  const poll = () =>
    registrar.round().catch((error: unknown) => {
      log.warn({ reason: describeFailure(error) }, 'due times not registered yet');
      return 0;
    });
  const tasks = [{ name: 'jobs', poll, minDelay: 1_000, maxDelay: MAX_DELAY }];
  return { receiver, tasks };
}
