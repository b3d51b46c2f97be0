import { DEFAULT_INBOX_DAYS, RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { Consumer } from '../delivery/consumer.ts';
import { DeliveryProcessor } from '../delivery/delivery-processor.ts';
import { routesOf } from '../delivery/event-routes.ts';
import { InboxPartitions } from '../delivery/inbox.ts';
import { Replayer } from '../delivery/replay.ts';
import type { Sealing } from '../sealing/sealing.ts';
import { EffectWorker } from '../effects/effects.ts';
import { SagaWorker } from '../sagas/saga-worker.ts';
import type { EventPublisher } from '../outbox/event-publisher.ts';
import { numberFromEnv, type Variables } from './environment.ts';
import { housekeeping } from './housekeeping.ts';
import type { PollingLoopOptions } from './polling-loop.ts';
import type { ProcessContext } from './start.ts';

/** What the tasks of a consumer need. */
export interface ConsumerContext extends Pick<
  ProcessContext,
  'pool' | 'metrics' | 'log' | 'tracing'
> {
  readonly publisher: EventPublisher;
  readonly sealing: Sealing;
  /** @default - the variables of the process */
  readonly env?: Variables;
  /** Milliseconds on the clock that retries are measured with. @default - that of `performance` */
  readonly clock?: () => number;
  /** Longest pause before a further try within a delivery, in milliseconds. @default - as long as it takes */
  readonly longestPause?: number;
}

/** A background task, which a polling loop runs. */
export interface BackgroundTask extends Omit<PollingLoopOptions, 'log'> {
  /** Waits for what a poll has started. @default - polls wait themselves */
  readonly settle?: () => Promise<void>;
}

/** What a consumer does: deliveries, and in the background replays from the quarantine, side effects, housekeeping. */
export function consumerTasks(consumer: Consumer, context: ConsumerContext) {
  const { manifest, effects } = consumer;
  const { pool, metrics, log, tracing, publisher, sealing, env, clock, longestPause } = context;
  const { appId } = manifest;
  const retentionDays = numberFromEnv(RUNTIME_ENV.inboxDays, 1, 3_650, DEFAULT_INBOX_DAYS, env);
  const epoch = numberFromEnv(RUNTIME_ENV.consumerEpoch, 0, 1_000_000, 0, env);
  const inbox = new InboxPartitions(pool, retentionDays);
  const deliveries = new DeliveryProcessor({
    ...{ consumer, epoch, publisher, sealing, pool, inbox, log, longestPause },
  });
  const scope = { consumer: appId, epoch };
  const routes = routesOf(consumer);
  metrics.initialize([...routes.keys()]);
  const parts = { publisher, sealing, pool, inbox, metrics, log, tracing, clock };
  const replayer = new Replayer({ scope, routes, ...parts });
  const worker = new EffectWorker(appId, effects, pool, log, sealing);
  const receives = routes.size > 0;
  const { sagas } = consumer;
  const sagaWorker = sagas && new SagaWorker({ appId, sagas, pool, publisher, log });
  sagas?.names.forEach((name) => metrics.sagas.initialize(name));
  const tasks: BackgroundTask[] = [
    ...(receives
      ? [{ name: 'replay', poll: () => replayer.round(), minDelay: 500, maxDelay: 2_000 }]
      : []),
    {
      name: 'housekeeping',
      poll: housekeeping({
        ...{ consumer: appId, pool, inbox, metrics, retentionDays, receives },
        ...(sagaWorker && { sagas: sagaWorker }),
      }),
      minDelay: 10_000,
      maxDelay: 10_000,
    },
    ...(sagaWorker === undefined
      ? []
      : [{ name: 'sagas', poll: () => sagaWorker.round(), minDelay: 100, maxDelay: 1_000 }]),
    ...(effects.size === 0
      ? []
      : [
          {
            ...{ name: 'effects', minDelay: 50, maxDelay: 1_000 },
            poll: () => worker.round(),
            settle: () => worker.settle(),
          },
        ]),
  ];
  return { deliveries, inbox, tasks };
}
