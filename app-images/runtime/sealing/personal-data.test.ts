import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { RunningConsumer } from '../../testing/running-consumer.ts';
import { consumer, each } from '../delivery/consumer.ts';
import { sideEffect } from '../effects/effects.ts';
import { KeyStore } from '../personal-data/erasure.ts';
import { TestApp } from '../testing/test-app.ts';
import { testSealing } from '../testing/test-sealing.ts';
import type { Erase } from './sealing-tasks.ts';
import type { Api } from '../http/routes.ts';
import { MasterKey } from './subject-cipher.ts';
import { isErased } from './personal-data.ts';

const text = { type: 'string', maxLength: 64 } as const;
const Registered = defineEvent({
  ...{ type: 'com.example.user.registered', version: '1.0.0', topic: 'user-registered' },
  ...{ key: 'shop', subject: 'user', description: 'A user has registered.' },
  schema: {
    type: 'object',
    required: ['shop', 'user', 'email'],
    properties: {
      shop: text,
      user: text,
      email: { type: 'string', format: 'email', maxLength: 100, pii: true },
      contacts: {
        type: 'array',
        items: { type: 'object', properties: { name: { ...text, pii: true }, kind: text } },
      },
    },
  },
});
const Welcomed = defineEvent({
  ...{ type: 'com.example.user.welcomed', version: '1.0.0', topic: 'user-welcomed' },
  ...{ key: 'user', description: 'A user has a welcome mail.' },
  schema: {
    type: 'object',
    required: ['user', 'email'],
    properties: { user: text, email: { ...text, pii: true } },
  },
});
const manifest = defineApp({
  ...{ appId: 'welcome', description: 'Welcomes users.', port: 8080 },
  ...{ subscribes: [Registered], publishes: [Registered, Welcomed] },
  migrations: [{ name: '0100-users', sql: 'CREATE TABLE users (id text, data jsonb)' }],
});
const mail = sideEffect<{ to: string }>('mail', ({ payload }) =>
  Promise.reject(new Error(`no mailbox ${payload.to}`)),
);
const on = [
  each(Registered, async (tx, event) => {
    const { user, email } = event.data;
    if (email.startsWith('fail')) {
      throw new Error(`cannot greet ${email} of "${user}"`);
    }
    await tx.query('INSERT INTO users VALUES ($1, $2)', [event.id, event.data]);
    await tx.publish(Welcomed, { user, email });
    await tx.schedule(mail, [{ event, payload: { to: email } }]);
  }),
  mail,
];
const ann = {
  ...{ shop: 's', user: 'ann', email: 'ann@example.com' },
  contacts: [{ name: 'Bob "B" Ray', kind: 'friend' }, { kind: 'none' }],
};

let database: TestDatabase;
let app: TestApp;
let keys: KeyStore;
beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [manifest]);
  app = new TestApp({ manifest, on, routes }, database);
  keys = new KeyStore(database.pool);
});
afterAll(() => database.drop());
beforeEach(() =>
  database.pool.query(
    'TRUNCATE users, processed_events, quarantine, outbox, effects, subject_keys, erased_by, erasures',
  ),
);

function routes(api: Api): void {
  api.post('/users', {}, async (tx, { id, body }) => {
    await tx.publish(Registered, body as typeof ann, { discriminator: id });
  });
}

/** Publishes an event, and returns it as it is on the wire. */
async function onTheWire(data: object): Promise<{ id: string; data: Record<string, string> }> {
  const { status } = await app.request('POST', '/users', { body: data });
  expect(status).toBeLessThan(300);
  const { rows } = await database.pool.query<{ event: string }>(
    "SELECT event FROM outbox WHERE topic = 'user-registered' ORDER BY position DESC LIMIT 1",
  );
  return JSON.parse(rows[0]!.event) as never;
}

/** Everything in the database, as text. */
async function everything(): Promise<string> {
  const tables = ['outbox', 'quarantine', 'effects', 'processed_events', 'subject_keys'];
  const dumps = await Promise.all(
    tables.map(async (name) => {
      const { rows } = await database.pool.query<{ row: string }>(
        name === 'quarantine'
          ? "SELECT q::text || convert_from(event, 'UTF8') AS row FROM quarantine q"
          : `SELECT t::text AS row FROM ${name} t`,
      );
      return rows.map(({ row }) => row).join('\n');
    }),
  );
  return dumps.join('\n');
}

/** Transactions that an erasure waits for. */
async function heldLocks(): Promise<number> {
  const { rows } = await database.pool.query<{ locks: number }>(
    `SELECT count(*)::int AS locks FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return rows[0]!.locks;
}

async function users(): Promise<{ email: string; contacts: { name?: string }[] }[]> {
  const { rows } = await database.pool.query('SELECT data FROM users ORDER BY id');
  return rows.map(({ data }) => data as never);
}

const deliver = ({ id, data }: { id: string; data: object }) =>
  app.deliver(Registered, data as never, { id });

describe('personal data', () => {
  it('are encrypted on the wire and in the database, and plain for handlers', async () => {
    const event = await onTheWire(ann);
    expect(event.data.email).toMatch(/^pii:1:/);
    expect(event.data).toMatchObject({
      shop: 's',
      user: 'ann',
      contacts: [{ kind: 'friend' }, { kind: 'none' }],
    });
    expect(await deliver(event)).toEqual({ outcome: 'processed' });
    expect(await users()).toEqual([ann]);
    expect(await app.published(Welcomed)).toMatchObject([
      { data: { user: 'ann', email: ann.email } },
    ]);
    expect(await app.scheduled(mail)).toEqual([{ to: ann.email }]);
    const stored = await everything();
    expect(stored).toContain('ann');
    expect(stored).not.toMatch(/example\.com|Bob/);
  });

  it('are read when somebody else publishes them in the clear', async () => {
    expect(await deliver({ id: '1', data: ann })).toEqual({ outcome: 'processed' });
    expect(await users()).toEqual([ann]);
  });

  it('stay out of the quarantine and its causes', async () => {
    const event = await onTheWire({ ...ann, email: 'fail@example.com' });
    expect(await deliver(event)).toEqual({
      outcome: 'quarantined',
      problem: 'handler: Error: cannot greet [personal data] of "ann"',
    });
    expect(await everything()).not.toMatch(/fail@|Bob/);
  });

  it('are checked before they are encrypted', async () => {
    const answer = await app.request('POST', '/users', { body: { ...ann, email: 'no mail' } });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain('data/email must match format');
    expect(JSON.stringify(answer.body)).not.toContain('no mail');
    expect(await everything()).toBe('\n\n\n\n');
  });

  it('cannot be moved to another subject, or changed', async () => {
    const event = await onTheWire(ann);
    await onTheWire({ ...ann, user: 'bob' });
    const moved = await deliver({ id: 'a', data: { ...event.data, user: 'bob' } });
    const [head, last] = [event.data.email!, 'A'];
    const changed = await deliver({
      id: 'b',
      data: { ...event.data, shop: 'other', email: head.slice(0, -3) + last.repeat(3) },
    });
    for (const { outcome, problem } of [moved, changed]) {
      expect(outcome).toBe('quarantined');
      expect(problem).toMatch(/^contract: data\/email cannot be decrypted/);
    }
    expect(await users()).toEqual([]);
  });

  it('may look like what is encrypted', async () => {
    const name = `pii:1:${'A'.repeat(40)}`;
    const event = await onTheWire({ ...ann, contacts: [{ name }] });
    expect(await deliver(event)).toEqual({ outcome: 'processed' });
    expect(await users()).toEqual([{ ...ann, contacts: [{ name }] }]);
  });

  it('name the key that is not known', async () => {
    const event = await onTheWire(ann);
    const { problem } = await deliver({ id: 'a', data: { ...event.data, user: 'nobody' } });
    expect(problem).toBe(
      'contract: data/email is encrypted with key 1 of its subject, which is not known here',
    );
  });
});

describe('an erased subject', () => {
  it('has no personal data in events, quarantine and effects any more', async () => {
    const event = await onTheWire(ann);
    const held = await onTheWire({ ...ann, email: 'fail@example.com', shop: 't' });
    await deliver(event);
    await deliver(held);
    expect(await keys.erase('ann')).toBe(1);
    expect(await keys.erase('ann')).toBe(0);
    expect(await keys.erasure('ann')).toMatchObject({
      keys: 0,
      erasedAt: expect.any(Date) as Date,
    });
    const again = await deliver({ ...event, id: 'again' });
    expect(again).toEqual({ outcome: 'processed' });
    const { rows } = await database.pool.query<{ data: typeof ann }>(
      "SELECT data FROM users WHERE id = 'again'",
    );
    const [{ data: second }] = rows as [(typeof rows)[number]];
    expect(isErased(second.email)).toBe(true);
    expect(second.contacts[0]!.name).toMatch(/^pii:/);
    expect((await app.published(Welcomed)).every(({ data }) => isErased(data.email))).toBe(true);
    await expect(app.scheduled(mail)).rejects.toThrow('its subject was erased');
    // What was held is processed without them.
    await database.pool.query("UPDATE quarantine SET status = 'replaying'");
    const running = await new RunningConsumer(consumer(manifest, ...on), database.pool).start();
    await running.replayer.round();
    await running.stop();
    expect(await users()).toHaveLength(3);
  });

  it('is erased once the handlers have ended that have read its data', async () => {
    const gate = Promise.withResolvers<undefined>();
    const slow = new TestApp(
      {
        manifest,
        on: [
          each(Registered, async (tx, { id, data }) => {
            await gate.promise;
            await tx.query('INSERT INTO users VALUES ($1, $2)', [id, data]);
          }),
        ],
      },
      database,
    );
    const event = await onTheWire(ann);
    const delivery = slow.deliver(Registered, event.data as never);
    await vi.waitUntil(async () => (await heldLocks()) > 0);
    let erased = false;
    const erasing = keys.erase('ann').then(() => (erased = true));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(erased).toBe(false);
    gate.resolve(undefined);
    expect((await delivery).outcome).toBe('processed');
    await erasing;
    expect(await users()).toEqual([ann]);
  });

  it('has an event delivered again that was decrypted before', async () => {
    const sealing = testSealing(manifest);
    const { data } = await onTheWire(ann);
    const [opened] = await sealing.open(database.pool, Registered, [data]);
    expect(opened).toMatchObject({ data: ann, subject: 'ann' });
    await keys.erase('ann');
    await expect(sealing.checkNotErased(database.pool, [opened!])).rejects.toThrow('was erased');
  });

  it('takes no new personal data', async () => {
    await keys.erase('ann');
    const answer = await app.request('POST', '/users', { body: ann });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain("the personal data of subject 'ann' were erased");
    const { rows } = await database.pool.query('SELECT * FROM outbox');
    expect(rows).toEqual([]);
  });

  it('is erased in the tables of apps by their own hands, once', async () => {
    await deliver({ id: '1', data: ann });
    const erased: string[] = [];
    const erase: Erase = async (tx, subject) => {
      erased.push(subject);
      await tx.query("DELETE FROM users WHERE data->>'user' = $1", [subject]);
    };
    const withErase = new TestApp({ manifest, on, erase }, database);
    await withErase.erase('ann');
    await withErase.erase('ann');
    expect(erased).toEqual(['ann']);
    expect(await users()).toEqual([]);
    expect((await keys.erasure('ann')).apps).toEqual(['welcome']);
  });
});

describe('master keys', () => {
  const old = new MasterKey('a key for tests alone');
  const current = new MasterKey('another key for tests');

  it('are changed without a change of events', async () => {
    const event = await onTheWire(ann);
    await expect(keys.rewrap([current])).rejects.toThrow(
      /master key [0-9a-f]{16}, which is not given/,
    );
    expect(await keys.rewrap([current, old])).toBe(1);
    expect(await keys.rewrap([current, old])).toBe(0);
    expect([...(await keys.keysByMaster())]).toEqual([[current.id, 1]]);
    // The app has the old one alone: the delivery waits until it has the new one, too.
    const { outcome, problem } = await deliver(event);
    expect([outcome, problem]).toEqual(['retried', expect.stringContaining('aborted')]);
    expect(await keys.rewrap([old, current])).toBe(1);
    expect(await deliver(event)).toEqual({ outcome: 'processed' });
  }, 20_000);

  it('leave old events readable when subjects get new keys', async () => {
    const event = await onTheWire(ann);
    expect(await keys.renew(old, new Date(Date.now() + 60_000))).toBe(1);
    const second = await onTheWire(ann);
    expect(second.data.email).toMatch(/^pii:2:/);
    await deliver(event);
    await deliver(second);
    expect(await users()).toEqual([ann, ann]);
    await keys.erase('ann');
    expect(await keys.renew(old, new Date(Date.now() + 60_000))).toBe(0);
    await deliver({ id: 'x', data: second.data });
    expect((await users()).filter(({ email }) => isErased(email))).toHaveLength(1);
  });
});
