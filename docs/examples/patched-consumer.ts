import { JsonPatch } from 'cdk8s';
import type { IdempotentConsumer } from 'cdk8s-event-platform';

/** Gives the pods of a consumer priority over others. */
export function prefer(consumer: IdempotentConsumer): void {
  consumer.workload.deployment.addJsonPatch(
    JsonPatch.add('/spec/template/spec/priorityClassName', 'events'),
  );
}
