import { describe, expect, it } from 'vitest';
import { defineEvent, defineStateStore } from '@cdk8s-event-platform/contracts';
import {
  DaprStateStore,
  Environment,
  EventTools,
  ExternalKafka,
  ExternalKafkaAuthentication,
  type IMessageBroker,
  KafkaCluster,
  KafkaSecurity,
  NatsJetStream,
  RabbitMqCluster,
  readPlatform,
  RedisCache,
  RedisStreams,
  SecretValue,
  StateStoreBackend,
} from '../index.ts';
import { EVERY_BROKER } from '../testing/every-broker.ts';
import { manifestProblems } from '../testing/manifest-problems.ts';
import { inProduction, IMAGES, OrderPlaced, TestPlatform } from '../testing/fixtures.ts';

function tools(test: TestPlatform<IMessageBroker>): EventTools {
  return new EventTools(test.platform, 'event-tools', { pubSub: test.pubSub });
}

/** Environment of the tools that a store on a backend gives them. */
function toolsEnv(
  backend: (test: TestPlatform) => StateStoreBackend,
  test = new TestPlatform(),
): Rendered['env'] {
  const store = new DaprStateStore(test.platform, 'task-cache', {
    store: defineStateStore({ name: 'task-cache', description: 'Tasks.' }),
    backend: backend(test),
  });
  test.producer();
  new EventTools(test.platform, 'event-tools', { pubSub: test.pubSub, stateStores: [store] });
  return containersOf(test)[0]!.env.filter(({ name }) => name.startsWith('STATE_'));
}

interface Rendered {
  readonly name: string;
  readonly image: string;
  readonly env: readonly { name: string; value?: string; valueFrom?: object }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
}

function containersOf(test: TestPlatform<IMessageBroker>): readonly Rendered[] {
  const { template } = test.object('Deployment', 'event-tools').spec as {
    readonly template: { readonly spec: { readonly containers: unknown } };
  };
  return template.spec.containers as readonly Rendered[];
}

function withBroker<Broker extends IMessageBroker>(
  declare: (test: TestPlatform<Broker>['platform']) => Broker,
  environment = Environment.local(),
): TestPlatform<Broker> {
  const test = new TestPlatform(environment, declare);
  test.producer();
  test.consumer();
  tools(test);
  return test;
}

describe('EventTools', () => {
  it('may publish to every topic, and receives none', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    tools(test);
    const { metadata } = test.object('Component', 'pubsub').spec as {
      metadata: { name: string; value: string }[];
    };
    const setting = (name: string) =>
      metadata.find((entry) => entry.name === name)!.value.split(';');
    expect(setting('publishingScopes')).toContain('event-tools=order-placed');
    expect(setting('subscriptionScopes')).toContain('event-tools=');
  });

  it('runs the platform image beside the tools of the broker', () => {
    const containers = containersOf(withBroker((platform) => new KafkaCluster(platform, 'kafka')));
    expect(containers.map(({ name, image }) => [name, image])).toEqual([
      ['event-tools', 'event-tools:local'],
      ['broker-tools', 'apache/kafka:4.3.1'],
    ]);
    expect(containers[1]!.securityContext).toEqual({
      ...{ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      ...{ readOnlyRootFilesystem: true, runAsUser: 1000, runAsGroup: 1000 },
    });
  });

  it('does not stand in for a producer', () => {
    const test = new TestPlatform();
    test.consumer();
    tools(test);
    expect(() => test.objects()).toThrow(
      "topic 'order-placed' is received by order-processor, and nothing publishes to it",
    );
  });

  it('is no part of the diagram', () => {
    const test = new TestPlatform();
    test.producer();
    tools(test);
    const labels = readPlatform(test.platform).groups.flatMap(({ nodes }) =>
      nodes.map(({ name }) => name),
    );
    expect(labels).toContain('shop');
    expect(labels).not.toContain('event-tools');
  });

  it('rejects a topic that is declared behind it', () => {
    const test = new TestPlatform();
    test.producer();
    tools(test);
    test.pubSub.addTopic(
      defineEvent({ ...OrderPlaced, type: 'com.example.order.paid', topic: 'order-paid' }),
    );
    expect(() => test.objects()).toThrow(
      'may not use the topics that are declared behind it (order-paid): declare EventTools last [EP5004]',
    );
  });

  it('rejects a manifest with events', () => {
    const test = new TestPlatform();
    const manifest = {
      ...{ appId: 'tools', description: 'Tools.', port: 8080 },
      publishes: [OrderPlaced],
    };
    expect(() => new EventTools(test.platform, 'tools', { pubSub: test.pubSub, manifest })).toThrow(
      "publishes or subscribes to 'com.example.order.placed', and EventTools may publish every event",
    );
  });

  it('reads the state stores that it is given', () => {
    const test = new TestPlatform();
    const store = new DaprStateStore(test.platform, 'store', {
      backend: StateStoreBackend.postgres(test.database),
    });
    test.producer();
    new EventTools(test.platform, 'event-tools', { pubSub: test.pubSub, stateStores: [store] });
    expect(store.appIds).toEqual(['event-tools']);
    expect(() => test.objects()).not.toThrow();
  });

  it('has a user of its own on a cache in the cluster, for the names of keys', () => {
    const env = toolsEnv((test) => StateStoreBackend.redis(new RedisCache(test.platform, 'cache')));
    expect(env).toEqual([
      {
        name: 'STATE_SERVERS',
        value:
          '{"task-cache":{"host":"cache.event-driven.svc.cluster.local","port":6379,"tls":false,"username":"STATE_SERVERS_1_USERNAME","password":"STATE_SERVERS_1_PASSWORD"}}',
      },
      { name: 'STATE_SERVERS_1_USERNAME', value: 'tools' },
      {
        name: 'STATE_SERVERS_1_PASSWORD',
        valueFrom: { secretKeyRef: { name: 'cache-credentials', key: 'tools-password' } },
      },
    ]);
  });

  it('logs in to a cache outside as sidecars do, by TLS', () => {
    const keys = { username: SecretValue.literal('shop'), password: SecretValue.external('token') };
    const env = toolsEnv((test) =>
      StateStoreBackend.redis(
        RedisCache.external(test.platform, 'cache', {
          ...{ host: 'cache.example.com', port: 6380 },
          credentials: { name: 'elasticache', keys },
        }),
      ),
    );
    expect(JSON.parse((env[0] as { value: string }).value)).toEqual({
      'task-cache': {
        ...{ host: 'cache.example.com', port: 6380, tls: true },
        ...{ username: 'STATE_SERVERS_1_USERNAME', password: 'STATE_SERVERS_1_PASSWORD' },
      },
    });
    expect(env.slice(1).map(({ valueFrom }) => valueFrom)).toEqual([
      { secretKeyRef: { name: 'elasticache', key: 'username' } },
      { secretKeyRef: { name: 'elasticache', key: 'password' } },
    ]);
  });

  it('does not log in where nobody does', () => {
    const env = toolsEnv(() => StateStoreBackend.redis({ host: 'redis.example.com:6379' }));
    expect(env).toEqual([
      {
        name: 'STATE_SERVERS',
        value: '{"task-cache":{"host":"redis.example.com","port":6379,"tls":false}}',
      },
    ]);
  });

  it('reaches the server of a store, and no server of a store in PostgreSQL', () => {
    const test = new TestPlatform();
    const cache = new RedisCache(test.platform, 'cache');
    toolsEnv(() => StateStoreBackend.redis(cache), test);
    const [rule] = test.object('NetworkPolicy', 'cache').spec.ingress;
    expect(rule.from[0].podSelector.matchExpressions[0].values).toEqual(['event-tools']);
    const egress = JSON.stringify(test.object('NetworkPolicy', 'event-tools').spec.egress);
    expect(egress).toContain('"port":6379');
    expect(toolsEnv((other) => StateStoreBackend.postgres(other.database))).toEqual([]);
  });

  it('has an account of its own for the tools of a Kafka that asks for one', () => {
    const test = withBroker(
      (platform) => new KafkaCluster(platform, 'kafka', { security: KafkaSecurity.scramOverTls() }),
    );
    const [, broker] = containersOf(test);
    expect(broker!.env).toContainEqual({
      name: 'BROKER_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'event-tools-console-broker', key: 'password' } },
    });
    const rights = test
      .script('kafka-topics')
      .split('\n')
      .filter((line) => line.startsWith('event-tools'));
    expect(rights).toEqual([
      'event-tools write topic order-placed',
      'event-tools-console describe cluster kafka-cluster',
      'event-tools-console describeconfigs cluster kafka-cluster',
      'event-tools-console describe group *',
      'event-tools-console read group *',
      'event-tools-console describe topic *',
      'event-tools-console describeconfigs topic *',
      'event-tools-console read topic *',
    ]);
  });

  it('gives its account on Redis no right to add or remove', () => {
    const test = withBroker(
      (platform) => new RedisStreams(platform, 'redis', { authentication: true }),
    );
    const [right] = /ensure_account event-tools-console .*/.exec(test.script('redis-topics'))!;
    expect(right).toContain('+xrange');
    expect(right).not.toMatch(/\+x(add|del|trim|readgroup|ack|claim)/);
  });

  it('gives its account on NATS the right to read and to set back', () => {
    const test = withBroker(
      (platform) => new NatsJetStream(platform, 'nats', { authentication: true }),
    );
    const { data } = test.object('ConfigMap', 'nats-config') as unknown as {
      data: Record<string, string>;
    };
    expect(data['nats.conf']).toContain(
      'user: "event-tools-console", password: $PASSWORD_OF_EVENT_TOOLS_CONSOLE, permissions: { publish: ["$JS.API.STREAM.INFO.*", "$JS.API.STREAM.MSG.GET.*", "$JS.API.CONSUMER.LIST.*", "$JS.API.CONSUMER.RESET.*.*"]',
    );
  });

  it('gives its account on RabbitMQ queues of its own alone', () => {
    const test = withBroker(
      (platform) => new RabbitMqCluster(platform, 'rabbitmq', { authentication: true }),
    );
    expect(test.script('rabbitmq-provisioning')).toContain(
      String.raw`put permissions/%2F/event-tools-console '{"configure":"^event-tools-console\\..*$","write":"^event-tools-console\\..*$","read":"^(event-tools-console\\..*|order-placed|order-placed\\.order-processor\\.dlq)$"}'`,
    );
  });

  it('has no tools for a Kafka that admits AWS identities, and says why', () => {
    const test = new TestPlatform(
      Environment.local(),
      (platform) =>
        new ExternalKafka(platform, 'kafka', {
          bootstrapServers: ['b-1.example.com:9098'],
          authentication: ExternalKafkaAuthentication.mskIam({ region: 'eu-central-1' }),
          topics: 'existing',
        }),
    );
    test.producer();
    const { toolbox, toolboxProblem } = tools(test);
    expect(toolbox).toBeUndefined();
    expect(toolboxProblem).toContain("Apache Kafka's tools cannot log in with IAM");
    expect(containersOf(test).map(({ name }) => name)).toEqual(['event-tools']);
  });

  it.each(Object.entries(EVERY_BROKER))('is valid for Kubernetes with %s', (_kind, declare) => {
    const test = new TestPlatform(Environment.local(), declare);
    test.producer();
    test.consumer();
    const { toolbox } = tools(test);
    const objects = test.objects().filter(({ apiVersion }) => !apiVersion.includes('strimzi'));
    expect(manifestProblems(objects as never)).toEqual([]);
    expect(toolbox?.script()).toMatchSnapshot();
  });

  it('is pinned in production', () => {
    const test = withBroker(
      (platform) => new KafkaCluster(platform, 'kafka'),
      inProduction({ platformImages: { ...IMAGES, tag: '0.1.0' } }),
    );
    expect(containersOf(test)[0]!.image).toBe('registry.example.com/shop/event-tools:0.1.0');
  });
});
