import type { PubSubBinding } from '../messaging/message-broker.ts';

/** Spelling of SCRAM mechanisms that Dapr's Kafka component knows. */
const MECHANISMS: readonly string[] = ['SHA-256', 'SHA-512'];

/**
 * Every reason why a pub/sub component with these settings would not do what it looks like; empty when
 * it would. Brokers of this package give no such settings; others may.
 *
 * @param production whether passwords in the clear are refused.
 */
export function bindingProblems({ type, metadata }: PubSubBinding, production: boolean): string[] {
  const value = (name: string): string | undefined => {
    const found = metadata.find((entry) => entry.name.toLowerCase() === name.toLowerCase());
    return found !== undefined && 'value' in found ? found.value : undefined;
  };
  const is = (name: string, expected: string) => value(name)?.toLowerCase() === expected;
  const problems = metadata
    .filter((entry) => 'value' in entry && entry.value.includes('{namespace}'))
    .map(
      ({ name }) =>
        `setting '${name}' has '{namespace}' in it, which makes Dapr prefix the names of topics: write the namespace out`,
    );
  if (type === 'pubsub.kafka') {
    const mechanism = value('saslMechanism');
    if (mechanism !== undefined && !MECHANISMS.includes(mechanism)) {
      problems.push(
        `saslMechanism '${mechanism}' is not one that Dapr knows, and it would log in with PLAIN: use SHA-256 or SHA-512, or leave it out for PLAIN`,
      );
    }
    if (production && is('authType', 'password') && is('disableTls', 'true')) {
      problems.push(
        `authType 'password' without TLS sends passwords that everybody on the way can read: leave disableTls out`,
      );
    }
    if (is('initialOffset', 'newest') || value('initialOffset') === undefined) {
      problems.push(
        `initialOffset is '${value('initialOffset') ?? 'newest'}', and events that are published while a consumer is at zero would be skipped: use 'oldest'`,
      );
    }
    for (const address of (value('brokers') ?? '').split(',')) {
      if (!/^[^.:]+(\.[^.:]+)+:\d+$/.test(address.trim())) {
        problems.push(
          `broker '${address.trim()}' is not a full name with a port, and KEDA would look it up in a namespace of its own: use e.g. 'kafka.event-driven.svc.cluster.local:9092'`,
        );
      }
    }
  }
  if (type === 'pubsub.rabbitmq' && (!is('deletedWhenUnused', 'false') || is('durable', 'false'))) {
    problems.push(
      `queues would go when the last consumer does, and a consumer at zero would lose what is published: set durable to 'true' and deletedWhenUnused to 'false'`,
    );
  }
  if (type === 'pubsub.jetstream' && value('durableName') === undefined) {
    problems.push(
      `consumers have no durableName, and one at zero would lose its place: set durableName to '{appID}'`,
    );
  }
  return problems;
}
