/** What callers without a compiler are told. */
import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  AlertRules,
  CpuScaler,
  DaprPubSub,
  DaprStateStore,
  Dashboard,
  defineEvent,
  defineApp,
  Environment,
  EventProducer,
  GrafanaDashboards,
  IdempotentConsumer,
  KafkaCluster,
  KafkaUi,
  MailSink,
  PostgresDatabase,
  StateStoreBackend,
} from './index.ts';
import { OrderPlaced, orderProcessor, shop, TestPlatform } from './testing/fixtures.ts';
import { messageOf } from './testing/refusal.ts';

const image = { description: 'Part of a test.', port: 8080 };
const OrderShipped = defineEvent({
  ...OrderPlaced,
  type: 'com.example.order.shipped',
  topic: 'order-shipped',
});

describe('from JavaScript', () => {
  const { platform, pubSub, database, broker } = new TestPlatform();
  const parts = { manifest: orderProcessor, pubSub, database };

  it.each<[string, unknown, (props: never) => unknown]>([
    [
      "'manifest' is missing: it must be an app manifest, e.g. of defineApp",
      { pubSub, database },
      (props) => new IdempotentConsumer(platform, 'c1', props),
    ],
    [
      "pubSub ('pubsub') must be a DaprPubSub",
      { ...parts, pubSub: 'pubsub' },
      (props) => new IdempotentConsumer(platform, 'c2', props),
    ],
    [
      "'replica' is not known: did you mean 'replicas'?",
      { ...parts, replica: 3 },
      (props) => new IdempotentConsumer(platform, 'c3', props),
    ],
    [
      "replicas ('3') is not a number of pods under normal load",
      { ...parts, replicas: '3' },
      (props) => new IdempotentConsumer(platform, 'c4', props),
    ],
    [
      "'scaling.maxReplica' is not known: did you mean 'maxReplicas'?",
      { ...parts, scaling: { maxReplica: 3 } },
      (props) => new IdempotentConsumer(platform, 'c5', props),
    ],
    [
      'drain (25) must be a Duration',
      { ...parts, drain: 25 },
      (props) => new IdempotentConsumer(platform, 'c6', props),
    ],
    [
      'scaling (null) must be an object with',
      { ...parts, scaling: null },
      (props) => new IdempotentConsumer(platform, 'c7', props),
    ],
    [
      'size.memoryRequest (128) must be a Size',
      { ...parts, size: { cpuRequest: '1', memoryRequest: 128 } },
      (props) => new IdempotentConsumer(platform, 'c8', props),
    ],
    [
      'properties (undefined) must be an object with',
      undefined,
      (props) => new EventProducer(platform, 'p1', props),
    ],
    [
      'database (null) must be a PostgresDatabase',
      { manifest: shop, pubSub, database: null },
      (props) => new EventProducer(platform, 'p2', props),
    ],
    ["'target' is missing", {}, (props) => new CpuScaler(platform, 's1', props)],
    [
      "broker ('kafka') must be a broker",
      { broker: 'kafka' },
      (props) => new DaprPubSub(platform, 'ps', props),
    ],
    ["'backend' is missing", {}, (props) => new DaprStateStore(platform, 'st', props)],
    [
      "storage ('5Gi') must be a Size",
      { storage: '5Gi' },
      (props) => new PostgresDatabase(platform, 'db', props),
    ],
    ["'broker' is missing", {}, (props) => new KafkaUi(platform, 'ui', props)],
    [
      "'brokers' is not known: did you mean 'replicas'?".slice(0, 22),
      { brokers: 3 },
      (props) => new KafkaCluster(platform, 'k', props),
    ],
    [
      "maxMessages ('5') must be a number",
      { maxMessages: '5' },
      (props) => new MailSink(platform, 'sink', props),
    ],
    [
      "'recordingRule' is not known: did you mean 'recordingRules'?",
      { name: 'a', alerts: [], recordingRule: [] },
      (props) => new AlertRules(platform, 'alerts', props),
    ],
    [
      "alerts[0].severity ('high') must be 'critical' or 'warning'",
      { name: 'a', alerts: [{ name: 'A', query: 'up', severity: 'high', summary: '$value' }] },
      (props) => new AlertRules(platform, 'alerts-2', props),
    ],
    [
      'rows[0].panels[0] (1) must be a builder',
      { name: 'a', title: 'A', description: 'A.', rows: [{ title: 'a', panels: [1] }] },
      (props) => new Dashboard(platform, 'dashboard', props),
    ],
    [
      "'folders' is not known: did you mean 'folder'?",
      { folders: 'x' },
      (props) => new GrafanaDashboards(platform, 'dashboards', props),
    ],
    [
      "partitions ('6') must be a number",
      { partitions: '6' },
      (props) => pubSub.addTopic(OrderShipped, props),
    ],
    [
      'retention (7) must be a Duration',
      { retention: 7 },
      (props) => pubSub.addTopic(OrderShipped, props),
    ],
  ])('%s', (message, props, declare) => {
    const said = messageOf(() => declare(props as never));
    expect(said).toContain(message);
    expect(said).toMatch(/^test\//);
  });

  it('all problems are in one error', () => {
    const message = messageOf(
      () =>
        new IdempotentConsumer(platform, 'all', {
          ...parts,
          replicas: 0,
          epoch: -1,
          drain: 5 as never,
          bulk: { maxEvent: 1 } as never,
        }),
    );
    for (const problem of [
      'replicas (0)',
      'epoch (-1)',
      'drain (5)',
      "'bulk.maxEvent' is not known: did you mean 'maxEvents'?",
    ]) {
      expect(message).toContain(`test/all: ${problem}`);
    }
    expect(
      () =>
        new IdempotentConsumer(platform, 'more', {
          ...parts,
          manifest: { ...orderProcessor, port: 80 },
          bulk: { maxEvents: 1000, maxWait: Duration.millis(0) },
          retries: { maxRetries: 0, maxInterval: Duration.seconds(1) },
          drain: Duration.millis(1500),
        }),
    ).toThrow(
      /port 80 [^]*drain \(1 second 500 millis\)[^]*retries\.maxRetries \(0\)[^]*bulk\.maxEvents \(1000\)[^]*bulk\.maxWait /,
    );
  });

  it.each<[string, unknown]>([
    [
      "event contract 'a.b.c' is not valid [EP2001]:\n- version 1 is not major.minor.patch",
      { version: 1 },
    ],
    ["- schema ('x') must be a JSON Schema of an object", { schema: 'x' }],
    ['- schema (null) must be a JSON Schema of an object', { schema: null }],
    ["- 'shema' is not known: did you mean 'schema'?", { shema: {} }],
    ["- ordered ('yes') must be true or false", { ordered: 'yes' }],
  ])('an event: %s', (message, change) => {
    const define = defineEvent as (contract: unknown) => unknown;
    expect(() => define({ ...OrderPlaced, type: 'a.b.c', ...(change as object) })).toThrow(message);
  });

  it('an event or an image of nothing', () => {
    expect(() => (defineEvent as (contract?: unknown) => unknown)()).toThrow(
      /event contract undefined is not valid \[EP2001\]:\n- properties \(undefined\) must be an object/,
    );
    expect(() => (defineApp as (manifest?: unknown) => unknown)(null)).toThrow(
      /app manifest undefined is not valid \[EP2002\]:\n- properties \(null\) must be an object/,
    );
    expect(() => defineApp({ ...image, appId: 'a', publish: [] } as never)).toThrow(
      "'publish' is not known: did you mean 'publishes'?",
    );
    expect(() => defineApp({ ...image, appId: 'a', publishes: ['x'] } as never)).toThrow(
      "publishes[0] ('x') must be an event contract: use defineEvent",
    );
  });

  it('a Redis for state', () => {
    expect(() => StateStoreBackend.redis({ host: 6379, tsl: true } as never)).toThrow(
      "StateStoreBackend.redis: 'tsl' is not known: did you mean 'tls'? [EP1001]\nStateStoreBackend.redis: host (6379) must be a string [EP1001]",
    );
  });

  it('an environment', () => {
    expect(() => Environment.local({ namespce: 'x' } as never)).toThrow(
      "Environment local: 'namespce' is not known: did you mean 'namespace'?",
    );
    expect(broker.kind).toBe('Apache Kafka');
  });
});
