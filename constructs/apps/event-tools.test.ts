import { describe, expect, it } from 'vitest';
import { defineEvent } from '@cdk8s-event-platform/contracts';
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
  RedisStreams,
  StateStoreBackend,
} from '../index.ts';
import { EVERY_BROKER } from '../testing/every-broker.ts';
import { manifestProblems } from '../testing/manifest-problems.ts';
import { inProduction, IMAGES, OrderPlaced, TestPlatform } from '../testing/fixtures.ts';

function tools(test: TestPlatform<IMessageBroker>): EventTools {
  return new EventTools(test.platform, 'event-tools', { pubSub: test.pubSub });
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
