import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { each } from '../delivery/consumer.ts';
import { TestApp } from '../testing/test-app.ts';

const text = { type: 'string', maxLength: 64 } as const;
const Registered = defineEvent({
  ...{ type: 'com.example.user.registered', version: '1.0.0', topic: 'user-registered' },
  ...{ key: 'user', description: 'A user has registered.' },
  schema: {
    type: 'object',
    required: ['user', 'email'],
    properties: { user: text, email: { ...text, pii: true } },
  },
});
const manifest = defineApp({
  ...{ appId: 'welcome', description: 'Welcomes users.', port: 8080, subscribes: [Registered] },
  ...{ migrations: [{ name: '0100-users', sql: 'CREATE TABLE users (id text, email text)' }] },
});

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [manifest]);
});
afterAll(() => database.drop());

it('an event in the clear is processed, whether its subject was erased before or has no key', async () => {
  const on = [
    each(Registered, async (tx, { data: { user, email } }) => {
      await tx.query('INSERT INTO users VALUES ($1, $2)', [user, email]);
    }),
  ];
  const app = new TestApp({ manifest, on }, database);
  await database.pool.query("SELECT add_subject_key('ann', 'any', '')");
  await app.erase('ann');
  for (const user of ['ann', 'bob']) {
    const delivery = await app.deliver(Registered, { user, email: 'x@example.com' });
    expect(delivery).toEqual({ outcome: 'processed' });
  }
});
