import { App } from 'cdk8s';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { each } from '@cdk8s-event-platform/runtime';
import {
  DaprPubSub,
  Environment,
  EventPlatform,
  EventProducer,
  IdempotentConsumer,
  KafkaCluster,
  PostgresDatabase,
} from '../../constructs/index.ts';
import { type TestPlatform, testPlatform } from './test-platform.ts';

const id = { type: 'string', maxLength: 64 } as const;
const Registered = defineEvent({
  ...{ type: 'com.example.user.registered', version: '1.0.0', topic: 'user-registered' },
  ...{ key: 'user', description: 'A user has registered.' },
  schema: {
    type: 'object',
    required: ['user', 'email'],
    properties: { user: id, email: { ...id, pii: true } },
  },
});
const image = { description: 'Knows users.', port: 8080 };
const accounts = defineApp({ ...image, appId: 'accounts', publishes: [Registered] });
const mailing = defineApp({
  ...{ ...image, appId: 'mailing', subscribes: [Registered] },
  migrations: [{ name: '0100-readers', sql: 'CREATE TABLE readers (id text, email text)' }],
});

function declared(): EventPlatform {
  const platform = new EventPlatform(new App(), 'users', { environment: Environment.local() });
  const broker = new KafkaCluster(platform, 'kafka');
  const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
  const database = new PostgresDatabase(platform, 'postgres');
  new EventProducer(platform, 'accounts', { manifest: accounts, pubSub, database });
  new IdempotentConsumer(platform, 'mailing', { manifest: mailing, pubSub, database });
  return platform;
}

let platform: TestPlatform;
beforeAll(async () => {
  platform = await testPlatform(declared(), {
    apps: {
      accounts: {
        manifest: accounts,
        routes: (api) => {
          api.post('/users', {}, async (tx, { body }) => {
            await tx.publish(Registered, body as { user: string; email: string });
          });
        },
      },
      mailing: {
        manifest: mailing,
        on: [
          each(Registered, async (tx, { data: { user, email } }) => {
            await tx.query('INSERT INTO readers VALUES ($1, $2)', [user, email]);
          }),
        ],
        erase: async (tx, user) => {
          await tx.query('DELETE FROM readers WHERE id = $1', [user]);
        },
      },
    },
  });
});
afterAll(() => platform.stop());

it('encrypts personal data on topics, and has apps erase what they keep', async () => {
  const ann = { user: 'ann', email: 'ann@example.com' };
  expect((await platform.request('accounts', 'POST', '/users', { body: ann })).status).toBe(204);
  await platform.settle();
  const [event] = await platform.published(Registered);
  expect(event!.data.email).toMatch(/^pii:1:/);
  const readers = () => platform.query('mailing', 'SELECT id, email FROM readers');
  expect(await readers()).toEqual([{ id: 'ann', email: 'ann@example.com' }]);
  await platform.erase('ann');
  expect(await readers()).toEqual([]);
});
