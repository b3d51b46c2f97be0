import { Size, SizeRoundingBehavior } from 'cdk8s';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { isTimed } from '../../messaging/topic-policies.ts';

/** Ratio of a volume that may be filled: the rest is for growth and for what is deleted late. */
const FILLED = 0.7;

/**
 * Volume that each broker needs for the topics whose throughput is declared: throughput × retention
 * × copies, over all topics that keep events for a time and shared by the brokers, with 30 % kept free. In whole GiB.
 */
export function storageFor(topics: readonly TopicSpec[], brokers: number): Size {
  const bytes = topics.reduce(
    (sum, { throughput, retention, replicationFactor }) =>
      sum +
      (throughput === undefined || !isTimed(retention)
        ? 0
        : throughput.toKibibytes({ rounding: SizeRoundingBehavior.NONE }) *
          1024 *
          (retention.toMilliseconds() / 1000) *
          replicationFactor),
    0,
  );
  return Size.gibibytes(Math.ceil(bytes / brokers / FILLED / 1024 ** 3));
}
