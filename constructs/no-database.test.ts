// A platform whose apps have no database, or stores of their own.
import { App } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  CpuScaler,
  DaprPubSub,
  DaprStateStore,
  DeadLetterProcessor,
  defineApp,
  Environment,
  EventPlatform,
  EventProducer,
  EventService,
  type EventServiceProps,
  GrafanaDashboards,
  IdempotentConsumer,
  PostgresDatabase,
  renderPlatform,
  StateStoreBackend,
} from './index.ts';
import { EVERY_BROKER } from './testing/every-broker.ts';
import { IMAGES, OrderPlaced, shop } from './testing/fixtures.ts';
import { messageOf } from './testing/refusal.ts';
import { problemsWithStrimzi } from './testing/strimzi-problems.ts';

const ENVIRONMENTS = [
  () => Environment.local(),
  () => Environment.production({ images: IMAGES }),
  () => Environment.awsMsk({ images: IMAGES }),
];

const CASES = ENVIRONMENTS.flatMap((make) =>
  Object.entries(EVERY_BROKER).map(
    ([broker, declare]) => [make().name, broker, make, declare] as const,
  ),
);

/** An app in Python that remembers in a store of its own what it has processed. */
const pricing = defineApp({
  appId: 'pricing',
  description: 'Prices orders, in Python.',
  port: 8000,
  subscribes: [OrderPlaced],
});

function declared(environment: Environment, broker = EVERY_BROKER.KafkaCluster!) {
  const platform = new EventPlatform(new App(), 'test', { environment });
  const pubSub = new DaprPubSub(platform, 'pubsub', { broker: broker(platform) });
  const service = (props: Partial<EventServiceProps> = {}) =>
    new EventService(platform, 'pricing', {
      manifest: pricing,
      pubSub,
      command: ['python', '-m', 'pricing'],
      ...props,
    });
  return { platform, pubSub, service };
}

describe.each(CASES)(
  'a platform without PostgreSQL, %s with %s',
  (_name, _broker, make, broker) => {
    const { platform, pubSub, service } = declared(make(), broker);
    const producer = new EventProducer(platform, 'shop', { manifest: shop, pubSub });
    new CpuScaler(platform, 'cpu', { target: producer });
    const app = service();
    new DaprStateStore(platform, 'state', {
      name: 'state',
      backend: StateStoreBackend.redis({ host: 'redis.example.com:6379', tls: true }),
    }).grantAccess(app);
    new GrafanaDashboards(platform, 'dashboards');
    const objects = renderPlatform(platform).flatMap((layer) => layer.objects);

    it('renders what the schemas of its kinds say', () => {
      expect(problemsWithStrimzi(objects)).toEqual([]);
      expect(objects.map(({ kind }) => kind)).toContain('ScaledObject');
    });

    it('names PostgreSQL and its clients nowhere', () => {
      const naming = objects.filter((object) =>
        /postgres|psql|\bPG[A-Z]{4,}|INBOX_DAYS|\b5432\b/.test(JSON.stringify(object)),
      );
      expect(naming.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([]);
      expect(platform.secrets.filter(({ name }) => name.includes('postgres'))).toEqual([]);
    });
  },
);

describe('without PostgreSQL', () => {
  it('scales an app on lag alone, and keeps its dead letters in their topic', () => {
    const { platform, service } = declared(Environment.local());
    const { receiver } = service();
    expect(receiver?.scaler?.scaledObject.toJson()).toMatchObject({
      spec: { triggers: [{ type: 'kafka' }] },
    });
    expect(
      platform.node.findAll().flatMap((one) => ('topics' in one ? [one.topics] : []))[0],
    ).toMatchObject([{ name: 'order-placed' }, { name: 'order-placed.pricing.dlq' }]);
  });

  it('rejects an app that receives events, unless a command says that it remembers by itself', () => {
    const { platform, pubSub } = declared(Environment.local());
    expect(
      messageOf(() => new EventService(platform, 'pricing', { manifest: pricing, pubSub })),
    ).toBe(
      "test/pricing: app manifest 'pricing' subscribes to 'com.example.order.placed', and there is no database to remember what was processed: give it one, as the property 'database', or the 'command' of an image that remembers by itself [EP4006]",
    );
  });

  it('rejects an IdempotentConsumer, whose inbox is there, with or without a command', () => {
    const { platform, pubSub } = declared(Environment.local());
    const props = { manifest: pricing, pubSub, command: ['python'] };
    expect(messageOf(() => new IdempotentConsumer(platform, 'pricing', props as never))).toBe(
      "test/pricing: 'database' is missing: it must be a PostgresDatabase, which keeps the inbox; an app that remembers by itself what it has processed is an EventService with a `command` [EP1001]",
    );
  });

  it('rejects a DeadLetterProcessor, which writes to the quarantine', () => {
    const { platform, pubSub } = declared(Environment.local());
    expect(
      messageOf(() => new DeadLetterProcessor(platform, 'dead-letters', { pubSub } as never)),
    ).toBe(
      "test/dead-letters: 'database' is missing: it must be a PostgresDatabase, that of the consumers, since it writes to their quarantine; without one, declare no DeadLetterProcessor, and the events stay in their dead-letter topics [EP1001]",
    );
  });

  it('rejects dead letters of an app that has no quarantine', () => {
    const { platform, pubSub, service } = declared(Environment.local());
    const database = new PostgresDatabase(platform, 'postgres');
    const deadLetters = new DeadLetterProcessor(platform, 'dead-letters', { pubSub, database });
    expect(messageOf(() => service({ deadLetters }))).toBe(
      "test/pricing: deadLetters 'test/dead-letters' writes to the quarantine of an app, and app 'pricing' has no database to keep one in: leave deadLetters out, and the events stay in their dead-letter topic, or give it a database [EP4005]",
    );
  });

  it('rejects migrations, which nothing would apply', () => {
    const migrations = [{ name: '0100-prices', sql: 'CREATE TABLE prices (id bigint);' }];
    const { service } = declared(Environment.local());
    expect(messageOf(() => service({ manifest: { ...pricing, migrations } }))).toContain(
      "app manifest 'pricing' has migrations, and there is no database to apply them to",
    );
  });

  it('has production ask for a server only where there is a database', () => {
    const { platform } = declared(Environment.awsMsk({ images: IMAGES }));
    expect(messageOf(() => new PostgresDatabase(platform, 'postgres'))).toContain(
      'the server in the cluster is one pod without TLS and without a copy, which production cannot rely on',
    );
  });
});
