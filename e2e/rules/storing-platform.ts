import {
  defineApp,
  defineProjection,
  defineStoredEvent,
  defineStreams,
} from '@cdk8s-event-platform/contracts';
import { type EventPlatform, EventStore, Projection } from '../../constructs/index.ts';
import { TestPlatform } from '../../constructs/testing/fixtures.ts';

const opened = defineStoredEvent({
  type: 'com.example.account.opened',
  version: '1.0.0',
  description: 'An account was opened.',
  schema: { type: 'object', properties: {} },
});

/** An app with an event store and a projection. */
const bank = defineApp({
  appId: 'bank',
  description: 'Keeps accounts.',
  port: 8080,
  streams: [defineStreams({ name: 'accounts', description: 'One account.', events: [opened] })],
  projections: [
    defineProjection({
      ...{ name: 'balances', version: 1, description: 'Balances of accounts.' },
      tables: (table) => `CREATE TABLE ${table()} (account text PRIMARY KEY);`,
    }),
  ],
});

/** A local platform with an app that keeps events and reads them in tables. */
export function storingPlatform(): EventPlatform {
  const test = new TestPlatform();
  const { platform, database } = test;
  test.producer();
  new EventStore(platform, 'event-store', { database });
  new Projection(platform, 'bank', { manifest: bank, pubSub: test.pubSub, database });
  return platform;
}
