import { ApiObject, App, Duration, Size } from 'cdk8s';
import fc from 'fast-check';
import {
  CpuScaler,
  DaprConfiguration,
  DaprPubSub,
  DaprStateStore,
  DeadLetterProcessor,
  DeclarationError,
  defineEvent,
  defineApp,
  Environment,
  EventPlatform,
  EventProducer,
  EventService,
  type EventServiceProps,
  ExternalKafkaAuthentication,
  GrafanaDashboards,
  IdempotentConsumer,
  type IMessageBroker,
  KafkaCluster,
  KafkaUi,
  NatsJetStream,
  PostgresDatabase,
  RabbitMqCluster,
  RedisStreams,
  type RenderedLayer,
  renderPlatform,
  StateStoreBackend,
  StrimziKafka,
  type EventContract,
} from '../index.ts';
import { anyDefaults } from './any-defaults.ts';
import { dictionary, mostly, name, record } from './arbitraries.ts';
import { IMAGES } from './fixtures.ts';
import { anyText } from './texts.ts';

interface BrokerOptions {
  readonly name: string;
  readonly storageClass?: string;
}

type Broker = (scope: EventPlatform, options: BrokerOptions) => IMessageBroker;

/** Every broker, each under a name. */
const BROKERS: Readonly<Record<string, Broker>> = {
  kafka: (scope, options) => new KafkaCluster(scope, 'broker', options),
  rabbitMq: (scope, options) => new RabbitMqCluster(scope, 'broker', { ...options, inOrder: true }),
  redis: (scope, options) => new RedisStreams(scope, 'broker', options),
  nats: (scope, options) => new NatsJetStream(scope, 'broker', options),
  strimzi: (scope, options) => new StrimziKafka(scope, 'broker', options),
  external: (scope, { name: brokerName }) =>
    KafkaCluster.fromBootstrap(scope, 'broker', {
      name: brokerName,
      bootstrapServers: ['b-1.example.com:9096'],
      authentication: ExternalKafkaAuthentication.scramSha512(),
      topics: 'provisioned',
    }),
};

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const text = (characters: string, minLength: number, maxLength: number) =>
  fc
    .string({ unit: fc.constantFrom(...Array.from(characters)), minLength, maxLength })
    .map((middle) => `t${middle}0`);

const topic = mostly(
  fc.oneof(name(40), text('az09_-', 0, 40), text('abcdef_', 80, 110)),
  text('az09._-', 0, 140),
  anyText(),
);
const port = mostly(fc.integer({ min: 1, max: 65_535 }), fc.constantFrom(0, 70_000, 1.5));
const mebibytes = (min: number, max: number) =>
  fc.integer({ min, max }).map((value) => Size.mebibytes(value));
const seconds = (min: number, max: number) =>
  fc.integer({ min, max }).map((value) => Duration.seconds(value));
const duration = mostly(
  seconds(1, 100_000),
  fc.integer({ min: 0, max: 10_000 }).map((value) => Duration.millis(value)),
);

const app = record({
  appId: name(58),
  port: fc.constantFrom(8080, 1024, 65_535),
  topics: fc.array(topic, { minLength: 1, maxLength: 2 }),
  replicas: mostly(fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, -1, 1.5, NaN)),
  env: fc.array(record({ name: mostly(name(20), anyText()), value: anyText() }), {
    maxLength: 3,
  }),
  egress: fc.array(
    record({
      ports: mostly(fc.array(port, { minLength: 1, maxLength: 2 }), fc.constant<number[]>([])),
    }),
    { maxLength: 2 },
  ),
  size: maybe(
    record({
      cpuRequest: mostly(
        fc.constantFrom('100m', '0.25', '2', '1500m'),
        fc.constantFrom('1e-3', 'lots', '-1'),
      ),
      memoryRequest: mostly(
        mebibytes(128, 512),
        mebibytes(512, 4096),
        fc.integer({ min: 1, max: 900_000 }).map((value) => Size.kibibytes(value)),
      ),
      memoryLimit: mebibytes(512, 4096),
    }),
  ),
  drain: maybe(mostly(seconds(20, 600), duration)),
  retention: maybe(mostly(seconds(3600, 1_000_000), duration)),
  partitions: mostly(fc.integer({ min: 3, max: 30 }), fc.integer({ min: 1, max: 2 })),
  retries: maybe(
    record({
      maxRetries: mostly(fc.integer({ min: 1, max: 10 }), fc.integer()),
      maxInterval: mostly(seconds(1, 3), duration),
    }),
  ),
  scaling: maybe(
    record({
      minReplicas: fc.integer({ min: 0, max: 1 }),
      pollingInterval: duration,
      cooldownPeriod: duration,
      lagThreshold: mostly(fc.integer({ min: 1, max: 1e9 }), fc.constant(0)),
    }),
  ),
});

/** KEDA leaves less room for a name than Dapr. */
const anyConsumer = record({ appId: mostly(name(54), name(58)) }).chain(({ appId }) =>
  app.map((rest) => ({ ...rest, appId })),
);

const platformPlan = record({
  broker: fc.constantFrom(...Object.keys(BROKERS)),
  brokerName: name(40),
  storageClass: maybe(mostly(name(63), fc.constant('Fast SSD'))),
  production: fc.boolean(),
  namespace: name(63),
  createNamespace: fc.boolean(),
  defaults: maybe(anyDefaults),
  database: mostly(fc.constant(true), fc.constant(false)),
  postgresName: name(40),
  external: fc.boolean(),
  pubSub: name(63),
  configuration: name(63),
  producer: app,
  consumers: fc.array(anyConsumer, { minLength: 1, maxLength: 2 }),
  deadLetters: maybe(name(58)),
  stateStore: maybe(name(63)),
  cpuScaler: fc.boolean(),
  dashboards: fc.boolean(),
  ui: maybe(name(40)),
  mine: maybe(
    record({
      name: mostly(name(253), anyText()),
      labels: dictionary(name(63), mostly(name(63), anyText()), { maxKeys: 2 }),
      annotations: dictionary(name(63), anyText(), { maxKeys: 2 }),
      data: dictionary(mostly(name(253), anyText()), anyText(), { maxKeys: 5 }),
    }),
  ),
});

/** What a platform is made from. */
export type PlatformPlan = typeof platformPlan extends fc.Arbitrary<infer Plan> ? Plan : never;

/** Any options of a platform. Many cannot work, and are refused. */
export function anyPlan(): fc.Arbitrary<PlatformPlan> {
  return platformPlan;
}

function contracts(topics: readonly string[]) {
  return [...new Set(topics)].map((topicName, index) =>
    defineEvent({
      type: `com.example.event-${index}`,
      version: '1.0.0',
      topic: topicName,
      key: 'id',
      description: 'Something has happened.',
      schema: {
        type: 'object',
        required: ['id'],
        properties: { id: { type: 'string', maxLength: 40 } },
      },
    }),
  );
}

function declare(plan: PlatformPlan): EventPlatform {
  const options = {
    namespace: plan.namespace,
    images: IMAGES,
    ...((plan.external || plan.production) && { postgres: { host: 'postgres.example.com' } }),
  };
  const environment = plan.production
    ? Environment.production(options)
    : Environment.local(options);
  const platform = new EventPlatform(new App(), 'any', {
    environment,
    createNamespace: plan.createNamespace,
    ...(plan.defaults && { defaults: plan.defaults }),
  });
  new DaprConfiguration(platform, 'configuration', { name: plan.configuration });
  const broker = BROKERS[plan.broker]!(platform, {
    name: plan.brokerName,
    ...(plan.storageClass && { storageClass: plan.storageClass }),
  });
  const database = plan.database
    ? new PostgresDatabase(platform, 'database', { name: plan.postgresName })
    : undefined;
  const pubSub = new DaprPubSub(platform, 'pubsub', { name: plan.pubSub, broker });
  const events = contracts(plan.consumers.flatMap(({ topics }) => topics));
  const { partitions, retention } = plan.producer;
  for (const event of events) {
    pubSub.addTopic(event, { partitions, ...(retention && { retention }) });
  }
  const producer = new EventProducer(platform, 'producer', {
    ...{ pubSub, ...(database && { database }) },
    ...chosen(plan.producer, plan.configuration),
    manifest: defineApp({
      description: 'Part of a platform.',
      appId: plan.producer.appId,
      port: plan.producer.port,
      publishes: events,
    }),
  });
  if (plan.cpuScaler) {
    new CpuScaler(platform, 'cpu', { target: producer });
  }
  const deadLetters =
    plan.deadLetters === undefined || database === undefined
      ? undefined
      : new DeadLetterProcessor(platform, 'dead-letters', {
          ...{ pubSub, database, configuration: plan.configuration },
          manifest: defineApp({
            description: 'Part of a platform.',
            appId: plan.deadLetters,
            port: 8080,
          }),
        });
  declareConsumers(
    plan,
    platform,
    { pubSub, ...(database && { database }), ...(deadLetters && { deadLetters }) },
    events,
  );
  declareExtras(plan, platform, producer, database, broker);
  return platform;
}

function chosen(
  { env, egress, size, drain, replicas }: PlatformPlan['producer'],
  configuration: string,
) {
  return {
    ...{ env, egress, replicas, configuration },
    ...(size && { size }),
    ...(drain && { drain }),
  };
}

function declareConsumers(
  { consumers, configuration }: PlatformPlan,
  platform: EventPlatform,
  { database, ...parts }: Pick<EventServiceProps, 'pubSub' | 'database' | 'deadLetters'>,
  events: readonly EventContract[],
): void {
  const Consumer = (database ? IdempotentConsumer : EventService) as typeof EventService;
  consumers.forEach((consumer, index) => {
    new Consumer(platform, `consumer-${index}`, {
      ...parts,
      ...(database ? { database } : { command: ['python'] }),
      ...chosen(consumer, configuration),
      ...(consumer.retries && { retries: consumer.retries }),
      scaling: consumer.scaling ?? false,
      manifest: defineApp({
        description: 'Part of a platform.',
        appId: consumer.appId,
        port: consumer.port,
        subscribes: events.filter(({ topic: of }) => consumer.topics.includes(of)),
      }),
    });
  });
}

function declareExtras(
  plan: PlatformPlan,
  platform: EventPlatform,
  producer: EventProducer,
  database: PostgresDatabase | undefined,
  broker: IMessageBroker,
): void {
  if (plan.stateStore !== undefined && database !== undefined) {
    new DaprStateStore(platform, 'store', {
      name: plan.stateStore,
      backend: StateStoreBackend.postgres(database),
    }).grantAccess(producer);
  }
  if (plan.ui !== undefined && broker instanceof KafkaCluster) {
    new KafkaUi(platform, 'ui', { broker, name: plan.ui });
  }
  if (plan.mine !== undefined) {
    const { data, ...metadata } = plan.mine;
    new ApiObject(platform, 'mine', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
  }
  if (plan.dashboards) {
    new GrafanaDashboards(platform, 'dashboards');
  }
}

/** What a platform renders, or why it is refused. @throws Error when it fails in another way. */
export function renderPlan(plan: PlatformPlan): readonly RenderedLayer[] | Error {
  try {
    return renderPlatform(declare(plan));
  } catch (error) {
    // What is refused is an Error or one of ours; what has not been thought of is a TypeError and the like.
    if (error instanceof DeclarationError || (error instanceof Error && error.name === 'Error')) {
      return error;
    }
    throw error;
  }
}
