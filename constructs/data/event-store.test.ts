import { expect, it } from 'vitest';
import { defineApp, defineStoredEvent, defineStreams } from '@cdk8s-event-platform/contracts';
import { EventApp } from '../apps/index.ts';
import { TestPlatform } from '../testing/fixtures.ts';
import { EventStore, PostgresDatabase } from './index.ts';

const Accounts = defineStreams({
  name: 'accounts',
  description: 'One account.',
  events: [
    defineStoredEvent({
      type: 'com.example.account.opened',
      version: '1.0.0',
      description: 'An account was opened.',
      subject: 'person',
      schema: {
        type: 'object',
        required: ['person'],
        properties: { person: { type: 'string' }, name: { type: 'string', pii: true } },
      },
    }),
  ],
});
const bank = defineApp({
  appId: 'bank',
  description: 'Keeps accounts.',
  port: 8080,
  streams: [Accounts],
});

function declare(test: TestPlatform, withStore = true): EventApp {
  if (withStore) {
    new EventStore(test.platform, 'store', { database: test.database });
  }
  test.producer();
  return new EventApp(test.platform, 'bank', {
    ...{ manifest: bank, pubSub: test.pubSub, database: test.database },
  });
}

it('lets an app add events, and neither change nor delete them', () => {
  const test = new TestPlatform();
  declare(test);
  const files = test
    .objects()
    .filter(({ kind }) => kind === 'ConfigMap')
    .flatMap(({ data }) => Object.entries((data ?? {}) as Record<string, string>));
  const access = JSON.parse(files.find(([name]) => name.endsWith('-access.json'))![1]) as {
    roles: { role: string; appends?: string[]; tables: string[]; reads: string[] }[];
  };
  const role = access.roles.find((each) => each.role.endsWith('.bank'))!;
  expect(role.appends).toEqual(['stored_events']);
  expect(role.tables).not.toContain('stored_events');
  expect(role.tables).toContain('stream_snapshots');
  expect(role.reads).toContain('event_store_clock');
  expect(files.map(([name]) => name)).toContain('0015-event-store.sql');
});

it('gives an app the key of personal data that it keeps', () => {
  const test = new TestPlatform();
  declare(test);
  const [container] = test.object('Deployment', 'bank').spec.template.spec.containers;
  const names = container.env.map(({ name }: { name: string }) => name);
  expect(names).toContain('PERSONAL_DATA_KEY');
});

it('has alerts on readers that are held back, and on conflicts', () => {
  const test = new TestPlatform();
  declare(test);
  const [group] = test.object('PrometheusRule', 'event-store-alerts').spec.groups;
  expect(group.rules.map(({ alert }: { alert: string }) => alert)).toEqual([
    'EventStoreHeldBack',
    'EventStoreConflicts',
  ]);
});

it('is needed by an app with streams, once for each database', () => {
  const test = new TestPlatform();
  declare(test, false);
  expect(() => test.objects()).toThrow(
    /app manifest 'bank' has streams \('accounts'\), and its database '[^']+' has no event store.*EP2021/,
  );
  const other = new TestPlatform();
  declare(other);
  expect(() => new EventStore(other.platform, 'second', { database: other.database })).toThrow(
    /has an event store, '[^']+store': apps share it, keep one \[EP5003\]/,
  );
  const foreign = new TestPlatform();
  expect(
    () =>
      new EventStore(foreign.platform, 'store', {
        database: new PostgresDatabase(other.platform, 'more', { name: 'more' }),
      }),
  ).toThrow('EP5002');
  const without = new TestPlatform();
  expect(
    () => new EventApp(without.platform, 'bank', { manifest: bank, pubSub: without.pubSub }),
  ).toThrow("app 'bank' has no database with the keys of people");
});
