import type { RecordingRule } from '../alert-rules.ts';
import { deadLetterTopic } from '@cdk8s-event-platform/contracts/interface';
import type { PlatformParts } from './platform-parts.ts';

/** Metrics that rules record, so that one query shows them for any broker and any choice of consumers. */
export const RECORDED_METRICS = {
  /** Events of a `topic` that wait for a `consumer`. */
  waiting: 'consumer:events_waiting:sum',
  /** Events of a `topic` that went to the dead letters of a `consumer` within ten minutes. */
  deadLetters: 'consumer:dead_letters:increase10m',
} as const;

/** What records {@link RECORDED_METRICS}: the queries of the alerts, with labels to choose by. */
export function recordingRules({ consumers, namespace }: PlatformParts): RecordingRule[] {
  return consumers.flatMap(({ appId, broker, topics }) =>
    topics.flatMap(({ name }) => {
      const labels = { namespace, consumer: appId, topic: name };
      return [
        {
          metric: RECORDED_METRICS.waiting,
          query: broker.lagQuery({ topic: name, consumerGroup: appId }),
          labels,
        },
        {
          metric: RECORDED_METRICS.deadLetters,
          query: broker.growthQuery(deadLetterTopic(name, appId), '10m'),
          labels,
        },
      ];
    }),
  );
}
