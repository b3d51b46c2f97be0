import { JsonPatch } from 'cdk8s';
import type { IdempotentConsumer } from 'cdk8s-event-platform';

/** Has Kubernetes prefer the pods of a consumer to others. */
export function prefer(consumer: IdempotentConsumer): void {
  consumer.workload.deployment.addJsonPatch(
    JsonPatch.add('/spec/template/spec/priorityClassName', 'events'),
  );
}
