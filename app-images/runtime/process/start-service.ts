import type pg from 'pg';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { startApp } from './app-process.ts';
import { consumer, type ConsumerPart } from '../delivery/consumer.ts';
import type { Transaction } from '../database/database.ts';
import type { ClaimCheck } from '../sealing/claim-check.ts';
import { httpApi } from '../http/api.ts';
import { Api } from '../http/routes.ts';
import { type JobHandler, jobsOf } from '../jobs/job.ts';
import type { ProjectionPart } from '../projections/projection.ts';
import { projectionsOf } from '../projections/projections-of.ts';
import { forgetAnswers } from '../http/idempotency.ts';
import { atMostEvery, FORGET_INTERVAL } from './at-most-every.ts';

/** Handlers, side effects and routes of an app. */
export interface ServiceParts {
  /** Handlers of the events that it subscribes to, upcasts and side effects. @default - no subscriptions */
  readonly on?: readonly ConsumerPart[];
  /** Stores of the properties of events that may be large. @default - its events have none */
  readonly claims?: readonly ClaimCheck[];
  /**
   * Erases what the app keeps of a person, in its own tables. Called once for each subject that is erased; the
   * personal data in its events have become unreadable before.
   * @default - it keeps nothing
   */
  readonly erase?: (tx: Transaction, subject: string) => Promise<void>;
  /** Handlers of its jobs, by name. @default - no jobs */
  readonly jobs?: Readonly<Record<string, JobHandler>>;
  /** What builds the projections of its manifest. @default - none */
  readonly projections?: readonly ProjectionPart[];
  /** Declares the routes of its HTTP API. @default - no routes */
  readonly routes?: (api: Api) => void;
  /** Periodic task, such as deleting old rows. Called every 5 seconds. @default - none */
  readonly housekeeping?: (pool: pg.Pool) => Promise<void>;
}

/**
 * Starts an app as a process, until it is told to stop: its HTTP API, deliveries of the events that it
 * subscribes to, and the relay of its outbox, as far as its manifest and parts have them.
 *
 * @example
 * startService(manifest, {
 *   routes: (api) => {
 *     api.post('/orders', { body: PlaceOrder }, async (tx, { id, body }) => {
 *       await tx.publish(OrderPlaced, { order_id: id, ...body });
 *       return answer(202, { order_id: id });
 *     });
 *   },
 *   on: [
 *     each(PaymentProcessed, async (tx, event) => {
 *       await tx.publish(OrderConfirmed, { order_id: event.data.order_id });
 *     }),
 *   ],
 * });
 *
 * @throws Error when a subscribed type has no handler or two, a handler no subscription, a job no handler or a handler
 * no job, or a route is not usable.
 */
export function startService(manifest: AppManifest, parts: ServiceParts): void {
  const { appId, source = `/${appId}`, subscribes = [] } = manifest;
  const handlers = parts.on ?? [];
  const api = new Api();
  parts.routes?.(api);
  const forget = atMostEvery(FORGET_INTERVAL, (pool: pg.Pool) => forgetAnswers(pool, appId));
  startApp(manifest, {
    jobs: jobsOf(manifest, parts.jobs),
    projections: projectionsOf(manifest, parts.projections),
    // Handlers without a subscription are an error, too.
    ...((subscribes.length > 0 || handlers.length > 0) && {
      consumer: consumer(manifest, ...handlers),
    }),
    claims: parts.claims,
    erase: parts.erase,
    ...(parts.routes !== undefined && {
      requests: (context) => httpApi({ ...context, source, api }),
    }),
    housekeeping: [
      ...(parts.routes === undefined ? [] : [forget]),
      ...(parts.housekeeping === undefined ? [] : [parts.housekeeping]),
    ],
  });
}

/** Starts an app that takes requests and publishes events, as a process. The short form of {@link startService}. */
export function startProducer(manifest: AppManifest, routes: (api: Api) => void): void {
  startService(manifest, { routes });
}
