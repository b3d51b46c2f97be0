import { describe, expect, it } from 'vitest';
import { defineApp } from '@cdk8s-event-platform/contracts';
import { DaprPubSub, EventProducer, KafkaUi, NatsJetStream } from '../../index.ts';
import { Environment } from '../../platform/index.ts';
import { inProduction, OrderPlaced, shop, TestPlatform } from '../../testing/fixtures.ts';
import { manifestProblems } from '../../testing/manifest-problems.ts';
import { StrimziKafka } from '../strimzi/strimzi-kafka.ts';
import type { AdmitClientOptions } from './admitted-clients.ts';

const production = inProduction();
const RECEIVES: AdmitClientOptions = { namespace: 'finance', receives: [OrderPlaced] };

/** A platform with a producer and a consumer, whose Kafka admits a client of another namespace. */
function admitting(
  options: AdmitClientOptions = RECEIVES,
  { name = 'billing', environment = production } = {},
): TestPlatform {
  const test = new TestPlatform(environment);
  test.broker.admitClient(name, options);
  test.producer();
  test.consumer();
  return test;
}

/** Rights that the Job brings about, without those of the platform's own clients. */
function rights(test: TestPlatform, user = 'billing'): string[] {
  const script = test.script('kafka-topics');
  const declared = /sort > "\$work\/declared" <<'END'\n([^]*?)\nEND\n/.exec(script)?.[1] ?? '';
  return declared.split('\n').filter((line) => line.startsWith(`${user} `));
}

interface Ingress {
  readonly from: readonly object[];
  readonly ports: readonly object[];
}

function ingress(test: TestPlatform): readonly Ingress[] {
  return test.object('NetworkPolicy', 'kafka').spec.ingress as Ingress[];
}

const PODS_OF_BILLING = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'finance' } },
  podSelector: { matchLabels: { 'app.kubernetes.io/name': 'billing' } },
};

const same = (expected: object) => (found: object) =>
  JSON.stringify(found) === JSON.stringify(expected);

describe('a client in another namespace', () => {
  it.each([
    ['in production', production],
    ['locally', Environment.local()],
  ])('connects to the client port from the pods with its label alone: %s', (_, environment) => {
    const test = admitting(RECEIVES, { environment });
    expect(ingress(test).filter(({ from }) => from.some(same(PODS_OF_BILLING)))).toEqual([
      { from: [PODS_OF_BILLING], ports: [{ port: 9092, protocol: 'TCP' }] },
    ]);
    expect(manifestProblems(test.objects())).toEqual([]);
  });

  it('has rights to receive as its own group, and no others', () => {
    expect(rights(admitting())).toEqual([
      'billing read group billing',
      'billing read topic order-placed',
    ]);
  });

  it('has rights to publish, by contract or by name, and no others', () => {
    for (const topic of [OrderPlaced, 'order-placed']) {
      expect(rights(admitting({ namespace: 'finance', publishes: [topic] }))).toEqual([
        'billing write topic order-placed',
      ]);
    }
  });

  it('has the group that it is given', () => {
    expect(rights(admitting({ ...RECEIVES, group: 'Finance_billing.v2' }))).toEqual([
      'billing read group Finance_billing.v2',
      'billing read topic order-placed',
    ]);
  });

  it('has an account as apps have it, made by the Job', () => {
    const test = new TestPlatform(production);
    const account = test.broker.admitClient('billing', RECEIVES);
    test.producer();
    expect(account).toEqual({
      name: 'billing-broker',
      keys: {
        username: { kind: 'literal', value: 'billing' },
        password: { kind: 'random' },
        url: { kind: 'template', template: `kafka://${test.broker.bootstrapServers}` },
      },
    });
    expect(test.platform.secrets).toContain(account);
    expect(test.script('kafka-topics')).toContain('ensure_user billing PASSWORD_BILLING\n');
    const [{ env }] = test.object('Job', 'kafka-topics').spec.template.spec.containers;
    expect(env).toContainEqual({
      name: 'PASSWORD_BILLING',
      valueFrom: { secretKeyRef: { name: 'billing-broker', key: 'password' } },
    });
  });

  it('has no account where clients do not log in', () => {
    const test = new TestPlatform(Environment.local());
    test.producer();
    expect(test.broker.admitClient('billing', RECEIVES)).toBeUndefined();
    expect(test.platform.secrets.map(({ name }) => name)).not.toContain('billing-broker');
  });

  it('may be the only one that publishes', () => {
    const test = new TestPlatform(production);
    test.consumer();
    expect(() => test.objects()).toThrow("topic 'order-placed' is received by order-processor");
    test.broker.admitClient('billing', { namespace: 'finance', publishes: [OrderPlaced] });
    expect(manifestProblems(test.objects())).toEqual([]);
  });

  it('may receive dead letters, and be admitted before or after its topics are declared', () => {
    const options = { namespace: 'finance', receives: ['order-placed.order-processor.dlq'] };
    const after = new TestPlatform(production);
    after.producer();
    after.consumer();
    after.broker.admitClient('billing', options);
    expect(after.objects()).toEqual(admitting(options).objects());
    expect(rights(after)).toContain('billing read topic order-placed.order-processor.dlq');
  });

  it('is refused when its topic is not declared', () => {
    expect(() => admitting({ namespace: 'finance', publishes: ['invoices'] }).objects()).toThrow(
      "test/kafka: topic 'invoices' of client 'billing' is not declared: use one of order-placed, order-placed.order-processor.dlq, or declare it with pubSub.addTopic",
    );
  });

  it.each(['shop', 'kafka-exporter', 'kafka-topics', 'keda', 'kafka-ui'])(
    'is refused with the name of a client in the namespace: %s',
    (name) => {
      const test = admitting(RECEIVES, { name });
      expect(() => {
        new KafkaUi(test.platform, 'kafka-ui', { broker: test.broker });
        test.objects();
      }).toThrow(
        `test/kafka: client '${name}' has the name of a client in the platform's namespace, whose account it would share: use another name`,
      );
    },
  );

  it('is refused with the name of an app on another broker', () => {
    const test = admitting(RECEIVES, { environment: Environment.local() });
    const broker = new NatsJetStream(test.platform, 'nats');
    const pubSub = new DaprPubSub(test.platform, 'other', { broker });
    const Refunded = { ...OrderPlaced, topic: 'refunded', type: 'com.example.order.refunded' };
    const manifest = defineApp({ ...shop, appId: 'billing', publishes: [Refunded] });
    new EventProducer(test.platform, 'billing', { manifest, pubSub });
    expect(() => test.objects()).toThrow("client 'billing' has the name of a client");
  });

  it('is refused with the group of an app', () => {
    expect(() => admitting({ ...RECEIVES, group: 'order-processor' }).objects()).toThrow(
      "test/kafka: group 'order-processor' of client 'billing' is that of an app of the platform, whose events it would take: use another group",
    );
  });

  it('is refused twice', () => {
    expect(() =>
      admitting().broker.admitClient('billing', { ...RECEIVES, namespace: 'other' }),
    ).toThrow(
      "test/kafka: client 'billing' of namespace 'finance' is admitted already: list all of its topics in one call, or use another name",
    );
  });

  it('is refused where it describes an event in another way', () => {
    const receives = [{ ...OrderPlaced, ordered: true }];
    expect(() => admitting({ namespace: 'finance', receives })).toThrow(
      "event 'com.example.order.placed' differs from what 'test/kafka' uses in ordered",
    );
  });

  it.each<[string, AdmitClientOptions, string]>([
    ['Billing', RECEIVES, "client 'Billing' is not a DNS label: use a-z"],
    ['b'.repeat(64), RECEIVES, 'has 64 characters, at most 63 are possible'],
    [
      'billing',
      { ...RECEIVES, namespace: 'Fin.ance' },
      "namespace 'Fin.ance' of client 'billing' is not a DNS label: use a-z",
    ],
    [
      'billing',
      { ...RECEIVES, namespace: 'event-driven' },
      "namespace 'event-driven' of client 'billing' is the platform's own: declare an app there",
    ],
    [
      'billing',
      { namespace: 'finance' },
      "client 'billing' has no topics: list at least one under publishes or receives",
    ],
    [
      'billing',
      { namespace: 'finance', publishes: [OrderPlaced], group: 'x' },
      "group 'x' of client 'billing' receives no topic: list its topics under receives",
    ],
    [
      'billing',
      { ...RECEIVES, group: '*' },
      "group '*' of client 'billing' is not plain: use 1 to 255 letters",
    ],
    [
      'billing',
      { namespace: 'finance', receives: [{ ...OrderPlaced, topic: 'A B' }] },
      "client 'billing': topic 'A B' ",
    ],
    [
      'billing',
      { namespace: 'finance', receives: [7] } as unknown as AdmitClientOptions,
      'receives[0] (7) must be the name of a topic or an event contract',
    ],
    [7 as unknown as string, {} as AdmitClientOptions, 'name (7) must be a string'],
  ])('is refused as %s with %o', (name, options, message) => {
    expect(() => admitting(options, { name })).toThrow(message);
  });
});

describe('a client in another namespace of a Kafka by Strimzi', () => {
  /** As {@link admitting}. */
  function strimzi(name = 'billing', environment = production): TestPlatform<StrimziKafka> {
    const test = new TestPlatform(environment, (platform) => new StrimziKafka(platform, 'kafka'));
    test.broker.admitClient(name, { ...RECEIVES, publishes: [OrderPlaced], group: 'invoices' });
    test.producer();
    test.consumer();
    return test;
  }

  it('is a KafkaUser with its rights and no others', () => {
    const literal = (type: string, name: string) => ({ type, name, patternType: 'literal' });
    expect(strimzi().object('KafkaUser', 'billing').spec).toEqual({
      authentication: {
        type: 'scram-sha-512',
        password: { valueFrom: { secretKeyRef: { name: 'billing-broker', key: 'password' } } },
      },
      authorization: {
        type: 'simple',
        acls: [
          { resource: literal('topic', 'order-placed'), operations: ['Write', 'Describe'] },
          { resource: literal('topic', 'order-placed'), operations: ['Read', 'Describe'] },
          { resource: literal('group', 'invoices'), operations: ['Read'] },
        ],
      },
    });
  });

  it("is admitted by the platform's policy and by Strimzi's", () => {
    const test = strimzi();
    const { listeners } = test.object('Kafka', 'kafka').spec.kafka as {
      readonly listeners: readonly { readonly networkPolicyPeers: readonly object[] }[];
    };
    expect(listeners[0]?.networkPolicyPeers).toContainEqual(PODS_OF_BILLING);
    const rules = test.object('NetworkPolicy', 'kafka-kafka-platform').spec.ingress as Ingress[];
    expect(rules.filter(({ from }) => from.some(same(PODS_OF_BILLING)))).toMatchObject([
      { ports: [{ port: 9093, protocol: 'TCP' }] },
    ]);
  });

  it('is refused with the name of a client in the namespace, in whatever order', () => {
    for (const name of ['shop', 'keda']) {
      expect(() => strimzi(name).objects()).toThrow(
        `client '${name}' has the name of a client in the platform's namespace`,
      );
    }
  });

  it('has no user where clients do not log in', () => {
    const objects = strimzi('billing', Environment.local()).objects();
    expect(objects.filter(({ kind }) => kind === 'KafkaUser')).toEqual([]);
  });
});
