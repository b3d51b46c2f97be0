import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import { DEFAULT_INBOX_DAYS, RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { Consumer } from '../delivery/consumer.ts';
import { Deliveries, routesOf } from '../delivery/delivery-processor.ts';
import { EffectWorker } from '../effects/effects.ts';
import { EventPublisher } from '../outbox/event-publisher.ts';
import { housekeeping, runAll } from './housekeeping.ts';
import { InboxKeeper } from '../delivery/inbox.ts';
import { Replayer } from '../delivery/replay.ts';
import {
  numberFromEnv,
  type ProcessContext,
  type ProcessParts,
  startProcess,
  wakingRelay,
} from './start.ts';
import { startRelay } from './start-relay.ts';
import { startWorker, type Worker } from './polling-loop.ts';

/** What an app is made of. */
export interface AppParts {
  /** Handlers of the events that it subscribes to. @default - it subscribes to nothing */
  readonly consumer?: Consumer | undefined;
  /** Makes its HTTP API. `committed` is to be called after a request that may have published something. @default - it has none */
  readonly requests?: (
    context: ProcessContext & {
      readonly publisher: EventPublisher;
      readonly committed: () => void;
    },
  ) => FastifyInstance;
  /** What is to be done now and then. @default - nothing */
  readonly keeping?: readonly ((pool: pg.Pool) => Promise<void>)[];
}

/** How often the outbox is measured, and what has to be done now and then is, in milliseconds. */
const KEEP_EVERY = 5_000;

/** What takes deliveries, and what is done beside: replays from the quarantine, effects, housekeeping. */
function consuming(
  { manifest, effects, ...rest }: Consumer,
  { pool, metrics, log, tracing }: ProcessContext,
  publisher: EventPublisher,
): Required<Pick<ProcessParts, 'deliveries' | 'workers' | 'problem'>> {
  const { appId } = manifest;
  const retentionDays = numberFromEnv(RUNTIME_ENV.inboxDays, 1, 3_650, DEFAULT_INBOX_DAYS);
  const epoch = numberFromEnv(RUNTIME_ENV.consumerEpoch, 0, 1_000_000, 0);
  const inbox = new InboxKeeper(pool, retentionDays);
  const all = { manifest, effects, ...rest };
  const deliveries = new Deliveries({ consumer: all, epoch, publisher, pool, inbox, log });
  const taker = { consumer: appId, epoch };
  const routes = routesOf(all);
  metrics.expect([...routes.keys()]);
  const replayer = new Replayer({ taker, routes, publisher, pool, inbox, metrics, log, tracing });
  const keep = housekeeping({ consumer: appId, pool, inbox, metrics, retentionDays });
  const workers = [
    startWorker({ name: 'replay', round: () => replayer.round(), from: 500, to: 2_000, log }),
    startWorker({ name: 'housekeeping', round: keep, from: 10_000, to: 10_000, log }),
  ];
  if (effects.size > 0) {
    const worker = new EffectWorker(appId, effects, pool, log);
    const round = () => worker.round();
    const running = startWorker({ name: 'effects', round, from: 50, to: 1_000, log });
    const stop = async () => {
      await running.stop();
      await worker.settle();
    };
    workers.push({ ...running, stop });
  }
  return { deliveries, workers, problem: () => inbox.problem };
}

/** Does some things now and then. */
function keeping(
  { pool, log }: ProcessContext,
  tasks: readonly ((pool: pg.Pool) => Promise<void>)[],
): Worker {
  const round = () => runAll(tasks.map((task) => () => task(pool))).then(() => 0);
  return startWorker({ name: 'keeping', round, from: KEEP_EVERY, to: KEEP_EVERY, log });
}

/** Starts an app as a process, until it is told to stop. */
export function startApp(manifest: AppManifest, parts: AppParts): void {
  const { appId, publishes = [] } = manifest;
  startProcess(manifest, (context) => {
    const { pool, metrics, log, tracing } = context;
    const publisher = new EventPublisher(manifest);
    const consumer = parts.consumer && consuming(parts.consumer, context, publisher);
    const relay =
      publishes.length > 0
        ? startRelay({ producer: appId, pool, metrics, log, tracing })
        : undefined;
    const committed = () => relay?.wake();
    const requests = parts.requests?.({ ...context, publisher, committed });
    const tasks = [
      ...(relay === undefined ? [] : [() => relay.measure()]),
      ...(parts.keeping ?? []),
    ];
    return {
      ...(consumer && {
        deliveries:
          relay === undefined ? consumer.deliveries : wakingRelay(consumer.deliveries, relay),
        problem: consumer.problem,
      }),
      ...(requests && { requests }),
      workers: [
        ...(consumer?.workers ?? []),
        ...(relay === undefined ? [] : [relay]),
        ...(tasks.length > 0 ? [keeping(context, tasks)] : []),
      ],
    };
  });
}
