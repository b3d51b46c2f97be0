import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { DeclarationError } from '../../core/index.ts';
import { Environment } from '../../platform/index.ts';
import type { AnyManifest, TestPlatform } from '../../testing/fixtures.ts';
import { manifestProblems } from '../../testing/manifest-problems.ts';
import { ExternalKafkaAuthentication as Authentication } from './external-authentication.ts';
import {
  external,
  mskIam,
  mskScram,
  SERVERS,
  settings,
  trigger,
} from '../../testing/external-kafka.ts';
import type { IMessageBroker } from '../../messaging/message-broker.ts';
import type { ExternalKafka } from './external-kafka.ts';
import type { ExternalKafkaOptions } from './external-options.ts';

const certificateAuthority = { secret: 'kafka-authority' };

describe('a Kafka that somebody else runs', () => {
  it('has groups that start with the namespace, the same for sidecars, KEDA and alerts', () => {
    const test = external({}, Environment.local({ namespace: 'shop-eu' }));
    expect(settings(test).consumerGroup).toBe('shop-eu.{appID}');
    expect(test.broker.consumerGroupOf('order-processor')).toBe('shop-eu.order-processor');
    expect(trigger(test).metadata).toMatchObject({ consumerGroup: 'shop-eu.order-processor' });
    const rules = test.object('PrometheusRule', 'order-processor-alerts').spec.groups[0]
      .rules as AnyManifest[];
    expect(rules.find(({ alert }) => alert === 'ConsumerLagHigh')!.expr).toBe(
      'sum((max by (partition) (kafka_consumergroup_lag{job="shop-eu/kafka-exporter",consumergroup="shop-eu.order-processor",topic="order-placed"}) >= 0) or (max by (partition) (kafka_topic_partition_current_offset{job="shop-eu/kafka-exporter",topic="order-placed"}) - max by (partition) (kafka_topic_partition_oldest_offset{job="shop-eu/kafka-exporter",topic="order-placed"}))) > 1000',
    );
  });

  it('takes another prefix for groups', () => {
    const test = external({ groupPrefix: 'team-a.shop' });
    expect(settings(test).consumerGroup).toBe('team-a.shop.{appID}');
    expect(trigger(test).metadata).toMatchObject({ consumerGroup: 'team-a.shop.order-processor' });
  });

  it('is shared by two namespaces without a group in common', () => {
    const groups = ['a', 'b'].map(
      (namespace) => settings(external({}, Environment.local({ namespace }))).consumerGroup,
    );
    expect(new Set(groups).size).toBe(2);
  });

  it('leaves the names of topics alone', () => {
    const values = Object.values(settings(external())).filter((value) => typeof value === 'string');
    expect(values.join()).not.toContain('{namespace}');
    expect(trigger(external()).metadata).toMatchObject({ topic: 'order-placed' });
  });

  it('starts from the oldest event and keeps order by partitions, in bulk', () => {
    const test = external();
    expect(settings(test)).toMatchObject({ initialOffset: 'oldest', maxMessageBytes: '1048576' });
    expect(trigger(test).metadata).toMatchObject({ offsetResetPolicy: 'earliest' });
    expect(test.broker.deliversInBulk).toBe(true);
    const { broker }: { broker: IMessageBroker } = test;
    expect(broker.keyOrderProblem(3)).toBeUndefined();
  });

  it('has no topics provisioned, and lists those that it expects', () => {
    const test = external({ partitions: 6, retention: Duration.days(3) });
    expect(test.objects().filter(({ kind }) => kind === 'Job')).toHaveLength(1);
    expect(test.broker.topics).toMatchObject([
      { name: 'order-placed', partitions: 6, replicationFactor: 3, minInSyncReplicas: 2 },
      { name: 'order-placed.order-processor.dlq', partitions: 6 },
    ]);
    expect(test.object('ScaledObject', 'order-processor').spec.maxReplicaCount).toBe(6);
  });

  it('lets apps connect anywhere on the ports of the brokers, or to the peer that is given', () => {
    const egress = (test: TestPlatform<ExternalKafka>, name: string) =>
      JSON.stringify(test.object('NetworkPolicy', name).spec.egress);
    const anywhere = '{"ports":[{"port":9096,"protocol":"TCP"}]}';
    for (const name of ['shop', 'order-processor', 'kafka-exporter']) {
      expect(egress(external(), name)).toContain(anywhere);
    }
    const test = external({ peer: { peer: { ipBlock: { cidr: '10.1.0.0/16' } }, ports: [9096] } });
    expect(egress(test, 'shop')).not.toContain(anywhere);
    expect(egress(test, 'shop')).toContain('{"cidr":"10.1.0.0/16"}');
  });

  it('exports metrics of its own groups and topics only', () => {
    const [container] = external().object('Deployment', 'kafka-exporter').spec.template.spec
      .containers as AnyManifest[];
    expect(container!.args).toEqual([
      '--kafka.server=b-1.kafka.example.com:9096',
      '--kafka.server=b-2.kafka.example.com:9096',
      '--kafka.version=2.8.0',
      '--offset.show-all',
      '--group.filter=^event-driven\\.',
      '--topic.filter=^(order-placed|order-placed\\.order-processor\\.dlq)$',
    ]);
  });

  it("reads somebody else's exporter, and runs none then", () => {
    const test = external({ exporterJob: 'monitoring/kafka' });
    expect(test.objects().filter(({ metadata }) => metadata.name.includes('exporter'))).toEqual([]);
    expect(test.broker.growthQuery('a', '10m')).toBe(
      'sum(increase(kafka_topic_partition_current_offset{job="monitoring/kafka",topic="a"}[10m]))',
    );
  });
});

describe('provisioned topics', () => {
  it('come about as in a cluster of ours, by tools that log in', () => {
    const authentication = Authentication.scramSha512();
    const test = external({ authentication, topics: 'provisioned' });
    const [container] = test.object('Job', 'kafka-topics').spec.template.spec
      .containers as AnyManifest[];
    const script = test.script('kafka-topics');
    expect(script).toContain('security.protocol=SASL_SSL\n');
    expect(script).toContain('sasl.mechanism=SCRAM-SHA-512\n');
    expect(script).toContain('login="$work/client.properties"\n');
    expect(script).toContain(`bootstrap="\${BOOTSTRAP_SERVERS:-${SERVERS.join(',')}}"`);
    expect(script).toContain('ensure_topic order-placed 3 3 ');
    expect(container!.env).toContainEqual({
      name: 'BROKER_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'kafka-topics-broker', key: 'password' } },
    });
  });

  it('need no login where there is none', () => {
    const script = external({ topics: 'provisioned' }).script('kafka-topics');
    expect(script).toContain('login=/dev/null\n');
  });
});

describe('ExternalKafka refuses', () => {
  const eventHubs = Authentication.eventHubs({ namespace: 'contoso' });
  const refusal = (options: Partial<ExternalKafkaOptions>) => () => external(options).objects();

  it.each([
    [{ bootstrapServers: ['kafka:9092'] }, /test\/kafka: bootstrap server 'kafka:9092' is not fu/],
    [{ bootstrapServers: [] }, /test\/kafka: bootstrapServers is empty/],
    [{ groupPrefix: '{namespace}' }, /test\/kafka: groupPrefix '\{namespace\}' is not plain/],
    [{ name: 'Kafka' }, /name 'Kafka' is not a DNS label/],
    [
      { authentication: eventHubs },
      /bootstrapServers 'b-1[^']*' is not where Event Hubs is: leave it out, or use 'contoso\.servicebus\.windows\.net:9093'/,
    ],
    [
      {
        authentication: eventHubs,
        bootstrapServers: ['contoso.servicebus.windows.net:9093'],
        maxMessageSize: Size.mebibytes(2),
      },
      /maxMessageSize \(2048 KiB\) exceeds what Event Hubs takes: use at most 1024 KiB, or publish a ref/,
    ],
    [
      {
        authentication: eventHubs,
        bootstrapServers: ['contoso.servicebus.windows.net:9093'],
        topics: 'provisioned',
      },
      /topics of Event Hubs cannot be provisioned, since its topics are event hubs.*: use topics 'existing'/,
    ],
    [
      { authentication: mskIam(), topics: 'provisioned' },
      /topics of MSK with IAM cannot be provisioned, since Apache Kafka's tools cannot log in with IAM/,
    ],
    [
      { replicationFactor: 5 },
      /test\/kafka: replicationFactor \(5\) exceeds the 3 brokers: use at most 3/,
    ],
    [
      { minInSyncReplicas: 3 },
      /minInSyncReplicas \(3\) equals the replication factor: the restart of one broker would stop/,
    ],
    [
      { offsetsRetention: Duration.days(7) },
      /topic 'order-placed\.order-processor\.dlq' keeps messages for 28 days, but offsets expire after 7/,
    ],
  ] as [Partial<ExternalKafkaOptions>, RegExp][])('%o', (options, message) => {
    expect(refusal(options)).toThrow(DeclarationError);
    expect(refusal(options)).toThrow(message);
  });

  it('a topic twice, and topics whose metrics would have one name', () => {
    const { broker, ...test } = external();
    expect(() => broker.addTopic({ ...broker.topicDefaults, name: 'order-placed' })).toThrow(
      "test/kafka: topic 'order-placed' is declared twice: declare it once",
    );
    broker.addTopic({ ...broker.topicDefaults, name: 'order.placed' });
    broker.addTopic({ ...broker.topicDefaults, name: 'order_placed' });
    expect(broker.node.validate().join()).toMatch(/'order\.placed' and 'order_placed' differ only/);
    expect(test.platform).toBeDefined();
  });
});

describe('manifests', () => {
  it.each([
    ['none', Authentication.none()],
    ['scramSha512', Authentication.scramSha512({ certificateAuthority })],
    ['mskIam', mskIam()],
    ['confluentCloud', Authentication.confluentCloud()],
  ])('are as their schemas say: %s', (_name, authentication) => {
    expect(manifestProblems(external({ authentication }).objects())).toEqual([]);
  });

  it('render as before', () => {
    const test = external({ authentication: mskScram(), topics: 'provisioned' });
    const ours = test
      .objects()
      .filter(({ kind, metadata: { name } }) => name.startsWith('kafka') || kind === 'Component');
    expect(ours).toMatchSnapshot();
  });
});
