import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import { DEFAULT_INBOX_DAYS, RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { Consumer } from '../delivery/consumer.ts';
import { DeliveryProcessor, routesOf } from '../delivery/delivery-processor.ts';
import { EffectWorker } from '../effects/effects.ts';
import { EventPublisher } from '../outbox/event-publisher.ts';
import { housekeeping, runAll } from './housekeeping.ts';
import { InboxPartitions } from '../delivery/inbox.ts';
import { Replayer } from '../delivery/replay.ts';
import { numberFromEnv } from './environment.ts';
import { type ProcessContext, type ProcessParts, startProcess, wakingRelay } from './start.ts';
import { startRelay } from './start-relay.ts';
import { startPollingLoop, type PollingLoop } from './polling-loop.ts';

/** Parts of an app. */
export interface AppParts {
  /** Handlers of the events that it subscribes to. @default - no subscriptions */
  readonly consumer?: Consumer | undefined;
  /** Creates its HTTP API, which calls `committed` after each request that may have published events. @default - no API */
  readonly requests?: (
    context: ProcessContext & {
      readonly publisher: EventPublisher;
      readonly committed: () => void;
    },
  ) => FastifyInstance;
  /** Periodic tasks. @default - none */
  readonly housekeeping?: readonly ((pool: pg.Pool) => Promise<void>)[];
}

/** Interval of periodic tasks, such as measuring the outbox, in milliseconds. */
const HOUSEKEEPING_INTERVAL = 5_000;

/** Processes deliveries, and starts the background tasks: replays from the quarantine, side effects, housekeeping. */
function consumerParts(
  { manifest, effects, ...rest }: Consumer,
  { pool, metrics, log, tracing }: ProcessContext,
  publisher: EventPublisher,
): Required<Pick<ProcessParts, 'deliveries' | 'loops' | 'problem'>> {
  const { appId } = manifest;
  const retentionDays = numberFromEnv(RUNTIME_ENV.inboxDays, 1, 3_650, DEFAULT_INBOX_DAYS);
  const epoch = numberFromEnv(RUNTIME_ENV.consumerEpoch, 0, 1_000_000, 0);
  const inbox = new InboxPartitions(pool, retentionDays);
  const all = { manifest, effects, ...rest };
  const deliveries = new DeliveryProcessor({ consumer: all, epoch, publisher, pool, inbox, log });
  const scope = { consumer: appId, epoch };
  const routes = routesOf(all);
  metrics.initialize([...routes.keys()]);
  const replayer = new Replayer({ scope, routes, publisher, pool, inbox, metrics, log, tracing });
  const keep = housekeeping({ consumer: appId, pool, inbox, metrics, retentionDays });
  const loops = [
    startPollingLoop({
      name: 'replay',
      poll: () => replayer.round(),
      minDelay: 500,
      maxDelay: 2_000,
      log,
    }),
    startPollingLoop({ name: 'housekeeping', poll: keep, minDelay: 10_000, maxDelay: 10_000, log }),
  ];
  if (effects.size > 0) {
    const worker = new EffectWorker(appId, effects, pool, log);
    const poll = () => worker.round();
    const running = startPollingLoop({ name: 'effects', poll, minDelay: 50, maxDelay: 1_000, log });
    const stop = async () => {
      await running.stop();
      await worker.settle();
    };
    loops.push({ ...running, stop });
  }
  return { deliveries, loops, problem: () => inbox.problem };
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
    const publisher = new EventPublisher(manifest);
    const consumer = parts.consumer && consumerParts(parts.consumer, context, publisher);
    const relay =
      publishes.length > 0
        ? startRelay({ producer: appId, pool, metrics, log, tracing })
        : undefined;
    const committed = () => relay?.wake();
    const requests = parts.requests?.({ ...context, publisher, committed });
    const tasks = [
      ...(relay === undefined ? [] : [() => relay.measure()]),
      ...(parts.housekeeping ?? []),
    ];
    return {
      ...(consumer && {
        deliveries:
          relay === undefined ? consumer.deliveries : wakingRelay(consumer.deliveries, relay),
        problem: consumer.problem,
      }),
      ...(requests && { requests }),
      loops: [
        ...(consumer?.loops ?? []),
        ...(relay === undefined ? [] : [relay]),
        ...(tasks.length > 0 ? [startHousekeeping(context, tasks)] : []),
      ],
    };
  });
}
