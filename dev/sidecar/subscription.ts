import type { Broker, BrokerRecord } from '../broker/broker.ts';
import { PartitionReader } from '../broker/partition-reader.ts';
import { deliverBulk } from './bulk-delivery.ts';
import type { DeliveryContext, DeliverySignals } from './delivery.ts';
import type { Scheduler } from './scheduler.ts';
import { deliverSingle } from './single-delivery.ts';

/** Milliseconds after which Dapr's Kafka component tries again what nothing else has settled. */
const COMPONENT_RETRY = 5_000;
/** Dapr's own size of a bulk, and time for it in milliseconds. */
const BULK = { maxMessagesCount: 80, maxAwaitDurationMs: 10_000 };

/** Lets one of several begin when the one before it has ended. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  public constructor(private readonly scheduler: Scheduler) {}

  /** Runs something when its turn has come. */
  public take<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.scheduler.wait(this.#last).then(run);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** One app's deliveries of one topic, from subscribing until they are ended. */
export interface SubscriptionOptions extends DeliverySignals {
  readonly context: DeliveryContext;
  readonly broker: Broker;
  /** Bulks of one sidecar are delivered one after the other, as Dapr's Kafka component does. */
  readonly turns: Turns;
}

/** Delivers the records of each partition in their order until `closing`. Resolves when nothing is in flight. */
export async function runSubscription(options: SubscriptionOptions): Promise<void> {
  const { context, broker } = options;
  const { pubSub, subscription, scheduler } = context;
  const group = pubSub.consumerGroup;
  const start = pubSub.newest ? 'now' : 'beginning';
  const positions = await broker.positions(group, subscription.topic, start);
  const partitions = Promise.all(
    positions.map((position, partition) =>
      scheduler.run(() =>
        runPartition(
          options,
          new PartitionReader(broker, {
            ...{ group, topic: subscription.topic, partition, position },
            signal: options.closing,
            waiting: (records) => scheduler.wait(records),
          }),
        ),
      ),
    ),
  );
  await scheduler.wait(partitions);
}

async function runPartition(options: SubscriptionOptions, reader: PartitionReader): Promise<void> {
  const { context, closing, turns } = options;
  const { bulkSubscribe } = context.subscription;
  const bulk = bulkSubscribe?.enabled === true;
  const { maxMessagesCount, maxAwaitDurationMs } = { ...BULK, ...bulkSubscribe };
  while (!closing.aborted) {
    const records = bulk
      ? await reader.next(maxMessagesCount, maxAwaitDurationMs)
      : await reader.next(1);
    if (records.length > 0) {
      const settle = () => settled(options, reader, records, bulk);
      await (bulk ? turns.take(settle) : settle());
    }
  }
}

/** Delivers records until they are processed, or deliveries end. */
async function settled(
  options: SubscriptionOptions,
  reader: PartitionReader,
  records: readonly BrokerRecord[],
  bulk: boolean,
): Promise<void> {
  const { context, closing } = options;
  while (!closing.aborted) {
    const done = bulk
      ? await deliverBulk(context, records, options)
      : Number(await deliverSingle(context, records[0]!, options));
    await reader.processed(records.slice(0, done));
    if (done === records.length) {
      return;
    }
    await context.scheduler.sleep(COMPONENT_RETRY, closing);
  }
}
