import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import type { Consumer } from '../delivery/consumer.ts';
import { EventPublisher } from '../outbox/event-publisher.ts';
import { type ConsumerContext, consumerTasks } from './consumer-tasks.ts';
import type { Job } from '../jobs/job.ts';
import { type JobContext, jobTasks } from '../jobs/job-tasks.ts';
import type { ClaimCheck } from '../sealing/claim-check.ts';
import { Sealing } from '../sealing/sealing.ts';
import { type Erase, sealingTasks } from '../sealing/sealing-tasks.ts';
import { RequestSender, type RequestSenderOptions } from '../requests/request-sender.ts';
import { forgetRequests } from '../requests/request-store.ts';
import { Publisher } from '../outbox/publisher.ts';
import type { ProjectionPart } from '../projections/projection.ts';
import { AppSenders, sendable } from '../sending/app-senders.ts';
import { startStores } from './start-stores.ts';
import { useRequests, useSagas, useSenders, useStore } from './app-scope.ts';
import { atMostEvery, FORGET_INTERVAL } from './at-most-every.ts';
import { runAll } from './housekeeping.ts';
import { type ProcessContext, type ProcessParts, startProcess, waking } from './start.ts';
import { startRelay } from './start-relay.ts';
import { startPollingLoop, type PollingLoop } from './polling-loop.ts';

/** Parts of an app. */
export interface AppParts {
  /** Handlers of the events that it subscribes to. @default - no subscriptions */
  readonly consumer?: Consumer | undefined;
  /** Stores of the properties of events that may be large. @default - none */
  readonly claims?: readonly ClaimCheck[] | undefined;
  /** Erases what the app keeps of a subject. @default - it keeps nothing */
  readonly erase?: Erase | undefined;
  /** Creates its HTTP API, which calls `committed` after each request that may have published events. @default - no API */
  readonly requests?: (
    context: ProcessContext & {
      readonly publisher: EventPublisher;
      readonly committed: () => void;
    },
  ) => FastifyInstance;
  /** Its jobs. @default - none */
  readonly jobs?: readonly Job[] | undefined;
  /** What builds its projections. @default - none */
  readonly projections?: readonly ProjectionPart[] | undefined;
  /** Periodic tasks. @default - none */
  readonly housekeeping?: readonly ((pool: pg.Pool) => Promise<void>)[];
}

/** Interval of periodic tasks, such as measuring the outbox, in milliseconds. */
const HOUSEKEEPING_INTERVAL = 5_000;

/** Processes deliveries, and starts the background tasks. */
function startConsumerTasks(
  consumer: Consumer,
  context: ProcessContext & Pick<ConsumerContext, 'publisher' | 'sealing'>,
): Required<Pick<ProcessParts, 'deliveries' | 'loops' | 'problem'>> {
  const { log } = context;
  const { deliveries, inbox, tasks } = consumerTasks(consumer, context);
  if (consumer.sagas !== undefined) {
    useSagas(consumer.sagas);
  }
  const loops = tasks.map(({ settle, ...task }) => {
    const running = startPollingLoop({ ...task, log });
    const stop = async () => {
      await running.stop();
      await settle?.();
    };
    return { ...running, stop };
  });
  return { deliveries, loops, problem: () => inbox.problem };
}

/** Sends the commands of an app whose answers it waits for; undefined where it sends none. */
function startRequests(
  manifest: AppManifest,
  context: Omit<RequestSenderOptions, 'manifest'>,
): RequestSender | undefined {
  if ((manifest.requests ?? []).length === 0) {
    return undefined;
  }
  const sender = new RequestSender({ manifest, ...context });
  useRequests(sender);
  return sender;
}

/** Sends the events of an app that need no transaction; undefined where it has none. */
function startSenders(
  manifest: AppManifest,
  { metrics, log }: ProcessContext,
): { stop(): Promise<void> } | undefined {
  if (sendable(manifest).length === 0) {
    return undefined;
  }
  const publisher = new Publisher();
  const senders = new AppSenders({ manifest, publisher, metrics, log });
  useSenders(senders);
  return {
    stop: async () => {
      await senders.stop();
      publisher.close();
    },
  };
}

/** Runs jobs, and registers their due times in the background. Without jobs, it starts nothing. */
function startJobs(context: JobContext): {
  readonly receiving: Pick<ProcessParts, 'jobs'>;
  readonly loops: readonly PollingLoop[];
} {
  if (context.jobs.length === 0) {
    return { receiving: {}, loops: [] };
  }
  const { log } = context;
  const { receiver, tasks } = jobTasks(context);
  return {
    receiving: { jobs: receiver },
    loops: tasks.map((task) => startPollingLoop({ ...task, log })),
  };
}

/** Runs periodic tasks. */
function startHousekeeping(
  { pool, log }: ProcessContext,
  tasks: readonly ((pool: pg.Pool) => Promise<void>)[],
): PollingLoop {
  const poll = () => runAll(tasks.map((task) => () => task(pool))).then(() => 0);
  return startPollingLoop({
    name: 'periodic',
    poll,
    minDelay: HOUSEKEEPING_INTERVAL,
    maxDelay: HOUSEKEEPING_INTERVAL,
    log,
  });
}

/** Starts an app as a process, until it is told to stop. */
export function startApp(manifest: AppManifest, parts: AppParts): void {
  const { appId, publishes = [] } = manifest;
  void startProcess(manifest, (context) => {
    const { pool, metrics, log, tracing } = context;
    const sealing = new Sealing(manifest, { claims: parts.claims });
    const publisher = new EventPublisher(manifest, sealing);
    const consumer =
      parts.consumer && startConsumerTasks(parts.consumer, { ...context, publisher, sealing });
    const relay =
      publishes.length > 0
        ? startRelay({ producer: appId, pool, metrics, log, tracing })
        : undefined;
    useStore({ manifest, sealing, pool });
    const stores = startStores(manifest, context, parts.projections);
    const committed = () => {
      relay?.wake();
      stores.wake();
    };
    const sender = startRequests(manifest, { pool, publisher, metrics, committed });
    const senders = startSenders(manifest, context);
    const requests = parts.requests?.({ ...context, publisher, committed });
    const jobs = startJobs({ ...context, manifest, jobs: parts.jobs ?? [], publisher, committed });
    const tasks = [
      ...(relay === undefined ? [] : [() => relay.measure()]),
      ...(sender === undefined
        ? []
        : [atMostEvery(FORGET_INTERVAL, (of: pg.Pool) => forgetRequests(of, appId))]),
      ...sealingTasks({ manifest, log, claims: parts.claims, erase: parts.erase }),
      ...(parts.housekeeping ?? []),
    ];
    return {
      ...(consumer && {
        deliveries: waking(consumer.deliveries, [relay, sender, stores]),
      }),
      ...stores.parts(consumer),
      ...jobs.receiving,
      ...(requests && { requests }),
      senders,
      loops: [
        ...(consumer?.loops ?? []),
        ...jobs.loops,
        ...(relay === undefined ? [] : [relay]),
        ...stores.loops,
        ...(tasks.length > 0 ? [startHousekeeping(context, tasks)] : []),
      ],
    };
  });
}
