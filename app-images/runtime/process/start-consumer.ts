import { startApp } from './app-process.ts';
import { jobsOf } from '../jobs/job.ts';
import type { Consumer } from '../delivery/consumer.ts';
import { projectionsOf } from '../projections/projections-of.ts';
import type { ServiceParts } from './start-service.ts';

/**
 * Starts an app that receives events, as a process: deliveries, replays from the quarantine, effects,
 * housekeeping and, where its manifest publishes, the relay of its outbox. The short form of `startService`
 * for an app without routes.
 */
export function startConsumer(
  consumer: Consumer,
  parts: Pick<ServiceParts, 'claims' | 'erase' | 'jobs' | 'projections'> = {},
): void {
  startApp(consumer.manifest, {
    ...{ consumer, ...parts },
    jobs: jobsOf(consumer.manifest, parts.jobs),
    projections: projectionsOf(consumer.manifest, parts.projections),
  });
}
