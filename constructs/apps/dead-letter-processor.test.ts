import { describe, expect, it } from 'vitest';
import { defineApp } from '@cdk8s-event-platform/contracts';
import { DeadLetterProcessor, Environment, PostgresDatabase } from '../index.ts';
import { OrderPlaced, orderProcessor, TestPlatform } from '../testing/fixtures.ts';

const manifest = defineApp({
  appId: 'dead-letter-processor',
  description: 'Collects dead letters.',
  port: 8080,
});

function collected(): TestPlatform {
  const test = new TestPlatform();
  const { platform, pubSub, database } = test;
  const deadLetters = new DeadLetterProcessor(platform, 'dead-letters', {
    manifest,
    pubSub,
    database,
  });
  test.producer();
  test.consumer({ deadLetters });
  test.consumer({}, defineApp({ ...orderProcessor, appId: 'archive' }));
  return test;
}

describe('DeadLetterProcessor', () => {
  it('takes whatever is in the dead-letter topics of the consumers that name it', () => {
    const test = collected();
    const subscriptions = test
      .objects()
      .filter(({ kind, scopes }) => kind === 'Subscription' && scopes[0] === manifest.appId);
    expect(subscriptions.map(({ metadata, spec }) => [metadata.name, spec as object])).toEqual([
      [
        'dead-letter-processor-order-processor-order-placed',
        {
          pubsubname: 'pubsub',
          topic: 'order-placed.order-processor.dlq',
          routes: { default: '/dead-letters/order-placed.order-processor.dlq' },
          bulkSubscribe: { enabled: true, maxMessagesCount: 10, maxAwaitDurationMs: 100 },
          metadata: { queueType: 'quorum', rawPayload: 'true' },
        },
      ],
    ]);
  });

  it('may receive these topics, and publish nothing', () => {
    const { metadata } = collected().object('Component', 'pubsub').spec as {
      metadata: { name: string; value: string }[];
    };
    const setting = (name: string) =>
      metadata.find((entry) => entry.name === name)!.value.split(';');
    expect(setting('subscriptionScopes')).toContain(
      'dead-letter-processor=order-placed.order-processor.dlq',
    );
    expect(setting('publishingScopes')).toContain('dead-letter-processor=');
  });

  it('reaches broker and database, and has a login', () => {
    const test = collected();
    const [container] = test.object('Deployment', manifest.appId).spec.template.spec.containers;
    expect(JSON.stringify(container.env)).toContain('PGPASSWORD');
    const clients = (name: string) =>
      JSON.stringify(test.object('NetworkPolicy', name).spec.ingress);
    expect(clients('kafka')).toContain(manifest.appId);
    expect(clients('postgres')).toContain(manifest.appId);
  });

  it('reads the keys of the events that it collects from files, and is replaced when they change', () => {
    const test = collected();
    const { template } = test.object('Deployment', manifest.appId).spec;
    const [container] = template.spec.containers;
    const [{ mountPath }] = container.volumeMounts.filter(
      ({ name }: { name: string }) => name === 'files',
    );
    expect(container.env).toContainEqual({ name: 'EVENT_KEYS_FOLDER', value: mountPath });
    expect(template.spec.volumes).toContainEqual({
      name: 'files',
      configMap: { name: 'dead-letter-processor-event-keys' },
    });
    expect(test.object('ConfigMap', 'dead-letter-processor-event-keys').data).toEqual({
      '001.jsonl': `["${OrderPlaced.type}","${String(OrderPlaced.key)}"]\n`,
    });
    const annotations = template.metadata.annotations as object;
    const before = new TestPlatform();
    new DeadLetterProcessor(before.platform, 'dead-letters', {
      pubSub: before.pubSub,
      database: before.database,
    });
    before.producer();
    const other = before.object('Deployment', manifest.appId).spec.template.metadata.annotations;
    expect(annotations).toHaveProperty(['event-platform/files']);
    expect(other).not.toHaveProperty(
      ['event-platform/files'],
      (annotations as Record<string, string>)['event-platform/files'],
    );
  });

  it('is an image of the platform itself, whatever its app id', () => {
    const images = { registry: 'registry.example.com/shop', tag: '7.0.0' };
    const test = new TestPlatform(Environment.local({ images }));
    const { platform, pubSub, database } = test;
    const named = defineApp({ ...manifest, appId: 'cleaner', port: 9000 });
    new DeadLetterProcessor(platform, 'dead-letters', { manifest: named, pubSub, database });
    test.producer();
    const [container] = test.object('Deployment', 'cleaner').spec.template.spec.containers;
    expect(container.image).toBe('registry.example.com/shop/dead-letter-processor:local');
    expect(container.env).toContainEqual({ name: 'APP_PORT', value: '9000' });
  });

  it('refuses a consumer whose quarantine is in another database', () => {
    const test = new TestPlatform();
    const { platform, pubSub } = test;
    const database = new PostgresDatabase(platform, 'other', { name: 'other' });
    const deadLetters = new DeadLetterProcessor(platform, 'dead-letters', {
      manifest,
      pubSub,
      database,
    });
    expect(() => test.consumer({ deadLetters })).toThrow(
      'test/dead-letters: has another database than order-processor, whose quarantine it has to write to: give it a DeadLetterProcessor with the same database',
    );
  });

  it.each([0, 1.5])('refuses %d pods', (replicas) => {
    const { platform, pubSub, database } = new TestPlatform();
    expect(
      () =>
        new DeadLetterProcessor(platform, 'dead-letters', { manifest, pubSub, database, replicas }),
    ).toThrow(`replicas (${replicas}) is not a number of pods: use 1 or more`);
  });
});
