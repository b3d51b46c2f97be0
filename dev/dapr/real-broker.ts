/** A broker that runs on its own, and that sidecars of Dapr reach. */
export interface RealBroker {
  readonly kind: BrokerKind;
  /** Host and port. */
  readonly address: string;
}

/** Brokers that keep topics without being told before. */
export type BrokerKind = 'kafka' | 'redis';

interface KindOfBroker {
  /** Type of its component. */
  readonly component: string;
  readonly port: number;
  /** Settings that lead to it without encryption and login. */
  readonly settings: (address: string) => Readonly<Record<string, string>>;
  /** Settings about encryption, login and other servers, which are left out. */
  readonly without: RegExp;
}

const KINDS: Readonly<Record<BrokerKind, KindOfBroker>> = {
  kafka: {
    component: 'pubsub.kafka',
    port: 9_092,
    settings: (brokers) => ({ brokers, authType: 'none', disableTls: 'true' }),
    without: /^(brokers|authType|disableTls|sasl.*|caCert|clientCert|clientKey|skipVerify)$/,
  },
  redis: {
    component: 'pubsub.redis',
    port: 6_379,
    settings: (redisHost) => ({ redisHost, redisType: 'node' }),
    without:
      /^(redisHost|redisType|redisUsername|redisPassword|enableTLS|clientCert|clientKey|sentinel.*|failover)$/,
  },
};

/** Why the others cannot be used. */
const OTHERS: Readonly<Record<string, string>> = {
  'pubsub.jetstream': 'NATS has streams only once a Job of the chart has created them',
  'pubsub.rabbitmq':
    'RabbitMQ has policies and users only once a Job of the chart has created them',
};

/** Types of components that are declared for a broker. */
function kindOf(component: string): BrokerKind | undefined {
  return (Object.keys(KINDS) as BrokerKind[]).find((kind) => KINDS[kind].component === component);
}

/**
 * The broker that a chart declares, where it runs on its own.
 *
 * @param components types of the rendered pub/sub components.
 * @param wanted `KIND`, `KIND=HOST:PORT`, or nothing for the usual port on this machine.
 * @throws Error when the chart declares another broker, or one that needs more than an address.
 */
export function realBroker(components: readonly string[], wanted: string | undefined): RealBroker {
  const [declared, ...others] = new Set(components);
  if (declared === undefined || others.length > 0) {
    throw new Error(
      `the chart declares ${others.length + (declared ? 1 : 0)} kinds of brokers, and --dapr needs one`,
    );
  }
  const kind = kindOf(declared);
  if (kind === undefined) {
    throw new Error(
      `--dapr does not work with ${declared}: ${OTHERS[declared] ?? 'it is not known here'}; leave it out, or use npm run e2e:cluster`,
    );
  }
  const [name = kind, address = `127.0.0.1:${KINDS[kind].port}`] = wanted?.split('=', 2) ?? [];
  if (name !== kind) {
    throw new Error(
      `--broker '${name}' is not the broker of the chart: use ${kind}, or ${kind}=HOST:PORT`,
    );
  }
  if (!/^[\w.-]+:\d{1,5}$/.test(address)) {
    throw new Error(`--broker '${address}' is not an address: use ${kind}=HOST:PORT`);
  }
  return { kind, address };
}

/** Settings of a component that lead to the broker, in place of those that lead to the cluster's. */
export function settingsFor<Setting extends { readonly name: string }>(
  { kind, address }: RealBroker,
  settings: readonly Setting[],
): (Setting | { readonly name: string; readonly value: string })[] {
  const { without, settings: own } = KINDS[kind];
  return [
    ...settings.filter(({ name }) => !without.test(name)),
    ...Object.entries(own(address)).map(([name, value]) => ({ name, value })),
  ];
}
