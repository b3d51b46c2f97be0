import { expect, it } from 'vitest';
import { OrderPlaced, inProduction, TestPlatform } from './testing/fixtures.ts';

/** The cookbook's case: one more topic and one more consumer, declared in one place. */
function withOrders(): TestPlatform {
  const test = new TestPlatform(inProduction({ postgres: { host: 'postgres.example.com' } }));
  test.pubSub.addTopic(OrderPlaced, { partitions: 6, replicationFactor: 3 });
  test.producer();
  return test;
}

it('everything follows from an event with six partitions and three copies', () => {
  const test = withOrders();
  test.consumer({ replicas: 3 });

  const script = test.script('kafka-topics');
  expect(script).toContain('ensure_topic order-placed 6 3 retention.ms=604800000 min.insync');
  expect(script).toContain('ensure_topic order-placed.order-processor.dlq 6 3 retention.ms=');

  const { spec } = test.object('Subscription', 'order-processor-order-placed');
  expect(spec.deadLetterTopic).toBe('order-placed.order-processor.dlq');
  expect(test.object('Component', 'pubsub').scopes).toContain('order-processor');
  expect(test.object('ScaledObject', 'order-processor').spec).toMatchObject({
    minReplicaCount: 1,
    maxReplicaCount: 6,
    fallback: { replicas: 3 },
  });
  const [group] = test.object('PrometheusRule', 'order-processor-alerts').spec.groups;
  expect(JSON.stringify(group)).toContain('order-placed.order-processor.dlq');
  const clients = test.object('NetworkPolicy', 'kafka').spec.ingress[2].from[0].podSelector;
  expect(clients.matchExpressions[0].values).toContain('order-processor');
  expect(test.object('PodMonitor', 'order-processor').spec.podMetricsEndpoints).toHaveLength(2);
});

it('twenty pods on six partitions are refused, as is a copy more than there are brokers', () => {
  expect(() => withOrders().consumer({ scaling: { maxReplicas: 20 } })).toThrow(
    /maxReplicas \(20\) exceeds the 6 partitions of topic 'order-placed'/,
  );
  const local = new TestPlatform();
  local.pubSub.addTopic(OrderPlaced, { replicationFactor: 3 });
  local.producer();
  expect(() => local.objects()).toThrow(
    /topic 'order-placed': replicationFactor \(3\) exceeds the 1 broker/,
  );
});
