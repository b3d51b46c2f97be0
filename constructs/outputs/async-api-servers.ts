import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';

type Server = Readonly<Record<'host' | 'protocol' | 'title', string>>;

/** Settings of Dapr's components that have addresses, and protocols without and with TLS. */
const ADDRESSES: Readonly<Record<string, readonly [setting: string, plain: string, tls: string]>> =
  {
    'pubsub.kafka': ['brokers', 'kafka', 'kafka-secure'],
    'pubsub.jetstream': ['natsURL', 'nats', 'nats'],
    'pubsub.rabbitmq': ['hostname', 'amqp', 'amqps'],
    'pubsub.redis': ['redisHost', 'redis', 'rediss'],
  };

/** Addresses in the cluster that Pulumi fills in when it deploys. */
const UNKNOWN_HOST = 'placeholder.invalid';

/**
 * Servers of a broker, by name: the addresses that the manifest of the Dapr component shows. A broker whose addresses
 * are in Secrets, or known only once it is deployed, has none.
 */
export function serversOf({ name, broker }: DaprPubSub): Readonly<Record<string, Server>> {
  const { type, metadata } = broker.pubSubBinding();
  const values = new Map(
    metadata.flatMap((each) => ('value' in each ? [[each.name, each.value] as const] : [])),
  );
  const [setting, plain, tls] = ADDRESSES[type] ?? [];
  const hosts = (values.get(setting ?? '') ?? '')
    .split(',')
    .map((address) => address.trim().replace(/^\w+:\/\//, ''))
    // In front of an @ would be a password.
    .map((address) => address.slice(address.lastIndexOf('@') + 1))
    .filter((host) => host !== '' && !host.includes(UNKNOWN_HOST));
  const secure =
    (values.has('authType') &&
      values.get('authType') !== 'none' &&
      values.get('disableTls') !== 'true') ||
    values.get('enableTLS') === 'true';
  const title = broker.kind ?? broker.node.id;
  return Object.fromEntries(
    hosts.map((host, index) => [
      hosts.length === 1 ? name : `${name}-${index + 1}`,
      { host, protocol: (secure ? tls : plain)!, title },
    ]),
  );
}
