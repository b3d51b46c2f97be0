import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { defineEvent, defineApp } from '@cdk8s-event-platform/contracts';
import { Environment } from '../../platform/index.ts';
import { manifestProblems } from '../../testing/manifest-problems.ts';
import { OrderPlaced, orderProcessor, inProduction, TestPlatform } from '../../testing/fixtures.ts';
import type { IMessageBroker } from '../../messaging/message-broker.ts';
import { NatsJetStream } from './nats-jet-stream.ts';
import type { NatsJetStreamProps } from './nats-jet-stream-props.ts';

const production = inProduction({ postgres: { host: 'postgres.example.com' } });

function platform(props: NatsJetStreamProps = {}, environment = Environment.local()) {
  return new TestPlatform(environment, (parent) => new NatsJetStream(parent, 'nats', props));
}

function withApps(props: NatsJetStreamProps = {}, environment = Environment.local()) {
  const test = platform(props, environment);
  test.producer();
  test.consumer();
  return test;
}

const config = (test: TestPlatform<NatsJetStream>) =>
  test.object('ConfigMap', 'nats-config').data['nats.conf'] as string;

/** What the Job asks for, by subject. */
function requests(test: TestPlatform<NatsJetStream>): Map<string, Record<string, unknown>> {
  const script = test.script('nats-streams');
  return new Map(
    [...script.matchAll(/^ensure_\w+ (\S+) '(.*)'$/gm)].map(([, subject, body]) => [
      subject!,
      JSON.parse(body!) as Record<string, unknown>,
    ]),
  );
}

const settings = (test: TestPlatform<NatsJetStream>) =>
  Object.fromEntries(
    (
      test.object('Component', 'pubsub').spec.metadata as {
        name: string;
        value?: string;
        envRef?: string;
      }[]
    ).map(({ name, value, envRef }) => [name, value ?? `env ${envRef}`]),
  );

describe('NatsJetStream', () => {
  it('is one server with one copy locally, and three with three in production', () => {
    expect(platform().object('StatefulSet', 'nats').spec.replicas).toBe(1);
    const test = withApps({}, production);
    expect(test.object('StatefulSet', 'nats').spec.replicas).toBe(3);
    expect(requests(test).get('order-placed')).toMatchObject({ num_replicas: 3 });
    expect(test.broker.topicDefaults.minInSyncReplicas).toBe(2);
    expect(test.object('PodDisruptionBudget', 'nats').spec.maxUnavailable).toBe(1);
  });

  it('keeps its pods apart from what would break them', () => {
    const { template } = platform({}, production).object('StatefulSet', 'nats').spec;
    const [container] = template.spec.containers;
    expect(template.spec.enableServiceLinks).toBe(false);
    expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThan(30);
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    expect(container.livenessProbe).toBeUndefined();
    expect(container.lifecycle.preStop.exec.command).toEqual([
      'nats-server',
      '--signal',
      'ldm=/tmp/nats.pid',
    ]);
    expect(config(platform({}, production))).toContain('pid_file: "/tmp/nats.pid"\n');
  });

  it('does not have clients of a single server go elsewhere', () => {
    const [container] = platform().object('StatefulSet', 'nats').spec.template.spec.containers;
    expect(container.lifecycle).toBeUndefined();
  });

  it('makes a stream for each topic and a consumer for each app on it', () => {
    const found = requests(withApps());
    expect([...found.keys()]).toEqual([
      'order-placed',
      'order-placed_order-processor_dlq',
      'order-placed.order-processor.order-placed',
    ]);
    // Nobody collects the dead letters here: the stream keeps them all the same.
    expect(found.get('order-placed_order-processor_dlq')).toMatchObject({
      subjects: ['order-placed.order-processor.dlq'],
      max_age: 28 * 24 * 3600 * 1e9,
    });
  });

  it('binds consumers that are durable, start with the oldest event and are never given up', () => {
    const test = withApps();
    const consumer = requests(test).get('order-placed.order-processor.order-placed')!.config;
    expect(consumer).toMatchObject({
      durable_name: 'order-processor',
      deliver_policy: 'all',
      max_deliver: -1,
      max_ack_pending: 30,
    });
    expect(consumer).not.toHaveProperty('inactive_threshold');
    // The component finds them by the same names, and asks for nothing that they do not have.
    expect(settings(test)).toMatchObject({
      durableName: '{appID}',
      queueGroupName: '{appID}',
      deliverPolicy: 'all',
      ackPolicy: 'explicit',
    });
    for (const name of ['streamName', 'ackWait', 'maxAckPending', 'maxDeliver', 'replicas']) {
      expect(settings(test)).not.toHaveProperty(name);
    }
  });

  it('acknowledges what was processed, and not what was received', () => {
    expect(settings(withApps()).concurrency).toBe('single');
  });

  it('delivers one by one', () => {
    const test = withApps();
    const { spec } = test.object('Subscription', 'order-processor-order-placed');
    expect(spec.bulkSubscribe).toBeUndefined();
    expect(() => withApps().consumer({ bulk: {} }, { ...orderProcessor, appId: 'other' })).toThrow(
      /hands out one event at a time/,
    );
  });

  it('has one event in flight where the order of keys matters, for any number of pods', () => {
    const Ordered = defineEvent({
      ...OrderPlaced,
      type: 'com.example.order.moved',
      topic: 'moved',
      ordered: true,
    });
    const test = platform();
    const both = [OrderPlaced, Ordered];
    test.producer(defineApp({ appId: 'shop', description: 'Sells.', port: 8080, publishes: both }));
    test.consumer({}, { ...orderProcessor, subscribes: both });
    const inFlight = (name: string) =>
      (requests(test).get(name)!.config as { max_ack_pending: number }).max_ack_pending;
    expect(inFlight('moved.order-processor.moved')).toBe(1);
    expect(inFlight('order-placed.order-processor.order-placed')).toBe(30);
    const broker: IMessageBroker = test.broker;
    expect(broker.keyOrderProblem(20)).toBeUndefined();
  });

  it('takes other sizes', () => {
    const test = withApps({
      retention: Duration.days(1),
      partitions: 5,
      maxMessageSize: Size.mebibytes(2),
      image: 'nats:2.14.0-alpine',
      toolsImage: 'tools:1',
    });
    expect(requests(test).get('order-placed')).toMatchObject({
      max_age: 24 * 3600 * 1e9,
      max_msg_size: 2 * 1024 * 1024 + 4096,
    });
    expect(test.broker.maxInFlight).toBe(50);
    expect(platform({ maxInFlight: 7 }).broker.maxInFlight).toBe(7);
    const image = (kind: string, name: string) =>
      test.object(kind, name).spec.template.spec.containers[0].image as string;
    expect(image('StatefulSet', 'nats')).toBe('nats:2.14.0-alpine');
    expect(image('Job', 'nats-streams')).toBe('tools:1');
  });

  it('tells KEDA where the lag is', () => {
    const [trigger] = withApps().object('ScaledObject', 'order-processor').spec.triggers;
    expect(trigger).toEqual({
      type: 'nats-jetstream',
      metricType: 'AverageValue',
      metadata: {
        natsServerMonitoringEndpoint: 'nats.event-driven.svc.cluster.local:8222',
        account: '$G',
        stream: 'order-placed',
        consumer: 'order-processor',
        lagThreshold: '100',
        activationLagThreshold: '0',
      },
    });
    const { ports } = platform().object('Service', 'nats').spec;
    expect((ports as { port: number }[]).map(({ port }) => port)).toEqual([4222, 8222]);
  });

  it('asks Prometheus for what its exporter has', () => {
    const { broker } = platform();
    const labels =
      'job="event-driven/nats-exporter",stream_name="a_b_dlq",consumer_name="c",is_consumer_leader="true"';
    expect(broker.lagQuery({ topic: 'a.b.dlq', consumerGroup: 'c' })).toBe(
      `(max(nats_consumer_num_pending{${labels}}) + max(nats_consumer_num_ack_pending{${labels}}))`,
    );
    expect(broker.growthQuery('a.b.dlq', '10m')).toBe(
      'max(increase(nats_stream_last_seq{job="event-driven/nats-exporter",stream_name="a_b_dlq"}[10m]))',
    );
  });

  it('has every server asked for its metrics', () => {
    const { args } = platform({}, production).object('Deployment', 'nats-exporter').spec.template
      .spec.containers[0];
    expect((args as string[]).filter((arg) => arg.startsWith('nats-'))).toEqual(
      [0, 1, 2].map(
        (index) =>
          `nats-${index},http://nats-${index}.nats-headless.event-driven.svc.cluster.local:8222`,
      ),
    );
  });

  it('admits its clients, and to its metrics KEDA and the exporter', () => {
    const ingress = withApps().object('NetworkPolicy', 'nats').spec.ingress as {
      from: object[];
      ports: { port: number }[];
    }[];
    const who = (index: number) => JSON.stringify(ingress[index]!.from);
    const ports = (rule: (typeof ingress)[number]) => rule.ports.map(({ port }) => port);
    expect(ingress.map(ports)).toEqual([[4222, 6222, 8222], [8222], [8222], [4222]]);
    expect(who(1)).toContain('"kubernetes.io/metadata.name":"keda"');
    expect(who(2)).toContain('"values":["nats-exporter"]');
    expect(who(3)).toContain('"values":["nats-streams","order-processor","shop"]');
  });

  it('refuses a topic twice', () => {
    const { broker } = platform();
    broker.addTopic({ name: 'a', ...broker.topicDefaults });
    expect(() => broker.addTopic({ name: 'a', ...broker.topicDefaults })).toThrow(
      "test/nats: topic 'a' is declared twice: declare it once",
    );
  });
});

describe('authentication', () => {
  const secrets = (test: TestPlatform<NatsJetStream>) =>
    test.platform.secrets.map(({ name }) => name);

  it('is off locally: no Secrets, and sidecars are as with any broker', () => {
    const test = withApps();
    expect(secrets(test).filter((name) => name.endsWith('-broker'))).toEqual([]);
    expect(config(test)).not.toContain('authorization');
    expect(settings(test).natsURL).toBe('nats://nats.event-driven.svc.cluster.local:4222');
    const { annotations } = test.object('Deployment', 'shop').spec.template.metadata;
    expect(annotations).not.toHaveProperty('dapr.io/env-from-secret');
  });

  it('is on in production: an account for each client', () => {
    const test = withApps({}, production);
    expect(secrets(test).filter((name) => name.endsWith('-broker'))).toEqual([
      'nats-streams-broker',
      'order-processor-broker',
      'shop-broker',
    ]);
    expect(settings(test).natsURL).toBe('env BROKER_URL');
    expect([...config(test).matchAll(/user: "([^"]+)"/g)].map(([, name]) => name)).toEqual([
      'nats-streams',
      'order-processor',
      'shop',
    ]);
  });

  it('hands servers the passwords as text, whatever they look like', () => {
    const { env } = withApps({}, production).object('StatefulSet', 'nats').spec.template.spec
      .containers[0];
    expect(env).toContainEqual({
      name: 'SECRET_PASSWORD_OF_ORDER_PROCESSOR',
      valueFrom: { secretKeyRef: { name: 'order-processor-broker', key: 'password' } },
    });
    expect(env).toContainEqual({
      name: 'PASSWORD_OF_ORDER_PROCESSOR',
      value: '"$(SECRET_PASSWORD_OF_ORDER_PROCESSOR)"',
    });
  });

  it('logs the Job in', () => {
    const { env } = platform({ authentication: true }).object('Job', 'nats-streams').spec.template
      .spec.containers[0];
    expect(env).toContainEqual({
      name: 'NATS_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'nats-streams-broker', key: 'password' } },
    });
  });
});

it.each([Environment.local(), production])(
  'renders what the schemas of its objects allow: %#',
  (environment) => {
    expect(manifestProblems(withApps({}, environment).objects())).toEqual([]);
  },
);

it('renders as before', () => {
  const test = withApps({}, production);
  expect(
    test.objects().filter(({ metadata }) => metadata.name.startsWith('nats')),
  ).toMatchSnapshot();
});
