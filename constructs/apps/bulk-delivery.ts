import { Duration, SizeRoundingBehavior } from 'cdk8s';
import type { BulkDelivery } from '../dapr/dapr-subscription.ts';
import { DEFAULT_SIZE } from './app-options.ts';
import type { EventAppProps } from './event-app-props.ts';

/** Events that are delivered at once, at most, by default. */
const MAX_EVENTS = 100;
/** A delivery is in memory several times while it is read: as bytes, as text, and as objects. */
const MEMORY_SHARE = 8;

/** Whether an app wants its events one by one, or says nothing of it. */
function isOneByOne({ bulk }: EventAppProps): boolean {
  return bulk === undefined || bulk === false || bulk.maxEvents === 1;
}

/** How many events are delivered at once: as many as the app has memory for; undefined for one by one. */
export function bulkDelivery(props: EventAppProps): {
  readonly bulk?: BulkDelivery;
  readonly problems: readonly string[];
} {
  const { maxMessageSize, deliversInBulk } = props.pubSub.broker;
  if (!deliversInBulk && isOneByOne(props)) {
    return { problems: [] };
  }
  if (props.bulk === false) {
    return {
      problems: [
        'bulk (false) would have a sidecar of Dapr 1.18 end at a message without a value that has trace headers, again and again: use bulk: { maxEvents: 1 } for one by one',
      ],
    };
  }
  if (!deliversInBulk) {
    return {
      problems: [
        `bulk delivery from a broker that hands out one event at a time would have each wait for company: leave 'bulk' out`,
      ],
    };
  }
  const size = props.size ?? DEFAULT_SIZE;
  const memory = size.memoryLimit ?? size.memoryRequest;
  const fitting = Math.max(
    1,
    Math.floor(memory.toKibibytes() / MEMORY_SHARE / maxMessageSize.toKibibytes()),
  );
  const { maxEvents = Math.min(MAX_EVENTS, fitting), maxWait = Duration.millis(20) } =
    props.bulk ?? {};
  const problems: string[] = [];
  if (!Number.isInteger(maxEvents) || maxEvents < 1) {
    problems.push(
      `bulk.maxEvents (${maxEvents}) is not a number of events: use 1 or more, and 1 for one by one`,
    );
  }
  if (maxEvents > fitting) {
    const needed = Math.ceil((maxEvents * MEMORY_SHARE * maxMessageSize.toKibibytes()) / 1024);
    problems.push(
      `bulk.maxEvents (${maxEvents}) of at most ${maxMessageSize.toKibibytes()} KiB each may fill more than an eighth of the memory limit (${memory.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR })} MiB): use at most ${fitting}, a memory limit of ${needed} MiB, or a smaller maxMessageSize of the broker`,
    );
  }
  if (maxWait.toMilliseconds() < 1) {
    problems.push(
      `bulk.maxWait (${maxWait.toHumanString()}) is too short: use 1 ms or more, e.g. 20 ms`,
    );
  }
  return { bulk: { maxEvents, maxWait }, problems };
}
