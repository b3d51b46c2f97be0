import type { PubSubBinding } from '../messaging/message-broker.ts';

/** Spelling of SCRAM mechanisms that Dapr's Kafka component knows. */
const MECHANISMS: readonly string[] = ['SHA-256', 'SHA-512'];

/** Values of settings, whose names Dapr takes in any case. */
type Settings = (name: string) => string | undefined;

/**
 * Every reason why a pub/sub component with these settings would not do what it looks like; empty when
 * it would. Brokers of this package give no such settings; others may.
 *
 * @param production whether passwords in the clear are refused.
 */
export function bindingProblems({ type, metadata }: PubSubBinding, production: boolean): string[] {
  const settings: Settings = (name) => {
    const found = metadata.find((entry) => entry.name.toLowerCase() === name.toLowerCase());
    return found !== undefined && 'value' in found ? found.value : undefined;
  };
  return [
    ...metadata
      .filter((entry) => 'value' in entry && entry.value.includes('{namespace}'))
      .map(
        ({ name }) =>
          `setting '${name}' has '{namespace}' in it, which makes Dapr prefix the names of topics: write the namespace out`,
      ),
    ...(KINDS[type]?.(settings, production) ?? []),
  ];
}

const KINDS: Readonly<Record<string, (settings: Settings, production: boolean) => string[]>> = {
  'pubsub.kafka': kafkaProblems,
  'pubsub.rabbitmq': (settings) =>
    isSet(settings, 'deletedWhenUnused', 'false') && !isSet(settings, 'durable', 'false')
      ? []
      : [
          `queues would go when the last consumer does, and a consumer at zero would lose what is published: set durable to 'true' and deletedWhenUnused to 'false'`,
        ],
  'pubsub.jetstream': (settings) =>
    settings('durableName') === undefined
      ? [
          `consumers have no durableName, and one at zero would lose its place: set durableName to '{appID}'`,
        ]
      : [],
};

function isSet(settings: Settings, name: string, expected: string): boolean {
  return settings(name)?.toLowerCase() === expected;
}

function kafkaProblems(settings: Settings, production: boolean): string[] {
  const problems: string[] = [];
  const mechanism = settings('saslMechanism');
  if (mechanism !== undefined && !MECHANISMS.includes(mechanism)) {
    problems.push(
      `saslMechanism '${mechanism}' is not one that Dapr knows, and it would log in with PLAIN: use SHA-256 or SHA-512, or leave it out for PLAIN`,
    );
  }
  if (
    production &&
    isSet(settings, 'authType', 'password') &&
    isSet(settings, 'disableTls', 'true')
  ) {
    problems.push(
      `authType 'password' without TLS sends passwords that everybody on the way can read: leave disableTls out`,
    );
  }
  const initialOffset = settings('initialOffset') ?? 'newest';
  if (initialOffset.toLowerCase() === 'newest') {
    problems.push(
      `initialOffset is '${initialOffset}', and events that are published while a consumer is at zero would be skipped: use 'oldest'`,
    );
  }
  const acks = settings('producerRequiredAcks') ?? 'all';
  if (acks.toLowerCase() !== 'all') {
    problems.push(
      `producerRequiredAcks is '${acks}', and an event that was confirmed would be lost with the server that has it: leave it out, or use 'all'`,
    );
  }
  const addresses = (settings('brokers') ?? '').split(',').map((address) => address.trim());
  return [
    ...problems,
    ...addresses
      .filter((address) => !/^[^.:]+(\.[^.:]+)+:\d+$/.test(address))
      .map(
        (address) =>
          `broker '${address}' is not a full name with a port, and KEDA would look it up in a namespace of its own: use e.g. 'kafka.event-driven.svc.cluster.local:9092'`,
      ),
  ];
}
