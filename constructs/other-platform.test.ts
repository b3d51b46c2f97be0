/** What belongs to one platform is not used in another. */
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
  IdempotentConsumer,
  KafkaCluster,
  KafkaUi,
  PostgresDatabase,
  StateStoreBackend,
} from './index.ts';
import { orderProcessor, shop, TestPlatform } from './testing/fixtures.ts';
import { messageOf } from './testing/refusal.ts';

const cleaner = defineApp({ appId: 'cleaner', description: 'Part of a test.', port: 8080 });

describe('parts of another platform are refused', () => {
  const own = new TestPlatform();
  const environment = Environment.local({ namespace: 'other' });
  const platform = new EventPlatform(new App(), 'other', { environment });
  const broker = new KafkaCluster(platform, 'kafka');
  const database = new PostgresDatabase(platform, 'postgres');
  const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
  const target = new EventProducer(platform, 'shop', { manifest: shop, pubSub });
  const collector = new DeadLetterProcessor(platform, 'cleaner', {
    manifest: cleaner,
    pubSub,
    database,
  });
  const reason = (path: string, what: string, used: string) =>
    `test/${path}: ${what} 'other/${used}' is of platform 'other', and Secrets, names and network policies of its namespace do not hold in that of 'test': use one that is declared below 'test' [EP5002]`;

  it.each<[string, string, string, () => unknown]>([
    [
      'a',
      'pubSub',
      'pubsub',
      () => new EventProducer(own.platform, 'a', { manifest: shop, pubSub }),
    ],
    [
      'b',
      'database',
      'postgres',
      () => new EventProducer(own.platform, 'b', { manifest: shop, pubSub: own.pubSub, database }),
    ],
    [
      'c',
      'pubSub',
      'pubsub',
      () =>
        new IdempotentConsumer(own.platform, 'c', {
          manifest: orderProcessor,
          pubSub,
          database: own.database,
        }),
    ],
    [
      'd',
      'database',
      'postgres',
      () =>
        new IdempotentConsumer(own.platform, 'd', {
          manifest: orderProcessor,
          pubSub: own.pubSub,
          database,
        }),
    ],
    [
      'e',
      'deadLetters',
      'cleaner',
      () =>
        new IdempotentConsumer(own.platform, 'e', {
          manifest: orderProcessor,
          pubSub: own.pubSub,
          database: own.database,
          deadLetters: collector,
        }),
    ],
    [
      'f',
      'pubSub',
      'pubsub',
      () =>
        new DeadLetterProcessor(own.platform, 'f', {
          manifest: cleaner,
          pubSub,
          database: own.database,
        }),
    ],
    ['g', 'broker', 'kafka', () => new DaprPubSub(own.platform, 'g', { broker })],
    ['h', 'target', 'shop', () => new CpuScaler(own.platform, 'h', { target })],
    ['i', 'broker', 'kafka', () => new KafkaUi(own.platform, 'i', { broker })],
    [
      'j',
      'database',
      'postgres',
      () =>
        new DaprStateStore(own.platform, 'j', { backend: StateStoreBackend.postgres(database) }),
    ],
  ])('%s: %s', (path, what, used, declare) => {
    expect(declare).toThrow(reason(path, what, used));
  });

  it('a state store of one is not granted to an app of another', () => {
    const store = new DaprStateStore(own.platform, 'state', {
      backend: StateStoreBackend.postgres(own.database),
    });
    expect(() => store.grantAccess(target)).toThrow(reason('state', 'app', 'shop'));
  });

  it('all at once', () => {
    const message = messageOf(
      () =>
        new IdempotentConsumer(own.platform, 'all', {
          manifest: orderProcessor,
          pubSub,
          database,
          deadLetters: collector,
        }),
    );
    expect(message.split('\n')).toEqual([
      reason('all', 'pubSub', 'pubsub'),
      reason('all', 'database', 'postgres'),
      reason('all', 'deadLetters', 'cleaner'),
    ]);
  });
});
