import { Duration } from 'cdk8s';
import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { describe, expect, it } from 'vitest';
import { PostgresDatabase } from '../data/postgres-database.ts';
import { TestPlatform } from '../testing/fixtures.ts';
import { EventApp } from './event-app.ts';

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
const Scanned = defineEvent({
  ...{ type: 'com.example.page.scanned', version: '1.0.0', topic: 'page-scanned', key: 'page' },
  description: 'A page was scanned.',
  schema: {
    type: 'object',
    required: ['page'],
    properties: { page: text, lines: { ...text, claimCheck: true } },
  },
});
const base = { description: 'Registers users.', port: 8080 };
const accounts = defineApp({ ...base, appId: 'accounts', publishes: [Registered] });
const welcome = defineApp({ ...base, appId: 'welcome', subscribes: [Registered] });

function test() {
  const made = new TestPlatform();
  made.pubSub.addTopic(Registered, { partitions: 3 });
  return made;
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: object;
}

function envOf(made: TestPlatform, appId: string): Variable[] {
  const deployment = made
    .objects()
    .find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === appId);
  return (
    deployment as never as {
      spec: { template: { spec: { containers: { env: Variable[] }[] } } };
    }
  ).spec.template.spec.containers[0]!.env;
}

describe('events with personal data', () => {
  it('give their apps the master key of one Secret, and the rights to read and add keys', () => {
    const made = test();
    const { platform, pubSub, database } = made;
    new EventApp(platform, 'accounts', { manifest: accounts, pubSub, database });
    new EventApp(platform, 'welcome', { manifest: welcome, pubSub, database });
    for (const appId of ['accounts', 'welcome']) {
      expect(envOf(made, appId)).toEqual(
        expect.arrayContaining([
          {
            name: 'PERSONAL_DATA_KEY',
            valueFrom: { secretKeyRef: { name: 'personal-data-keys', key: 'current' } },
          },
          {
            name: 'PERSONAL_DATA_PREVIOUS_KEY',
            valueFrom: {
              secretKeyRef: { name: 'personal-data-keys', key: 'previous', optional: true },
            },
          },
        ]),
      );
    }
    expect(platform.secrets.filter(({ name }) => name === 'personal-data-keys')).toHaveLength(1);
    const rights = JSON.stringify(made.objects());
    expect(rights).toContain('add_subject_key(text, text, bytea)');
  });

  it('are refused for an app without a database', () => {
    const { platform, pubSub } = test();
    expect(() => new EventApp(platform, 'accounts', { manifest: accounts, pubSub })).toThrow(
      /^test\/accounts: event 'com.example.user.registered' holds personal data, and app 'accounts' has no database with the keys of people: .* \[EP4006\]$/,
    );
  });

  it('are refused for apps with two databases', () => {
    const { platform, pubSub, database } = test();
    new EventApp(platform, 'accounts', { manifest: accounts, pubSub, database });
    const other = new PostgresDatabase(platform, 'other', { name: 'other' });
    const add = () =>
      new EventApp(platform, 'welcome', { manifest: welcome, pubSub, database: other });
    expect(add).toThrow(
      /whose keys are in the database '.*postgres' of '.*accounts', and app 'welcome' has '.*other'/,
    );
  });

  it('leave other apps without the key', () => {
    const made = test();
    made.producer();
    expect(envOf(made, 'shop').map(({ name }) => name)).not.toContain('PERSONAL_DATA_KEY');
    expect(made.platform.secrets.map(({ name }) => name)).not.toContain('personal-data-keys');
  });
});

describe('events with large values', () => {
  it('keep them as long as topics and dead-letter topics keep the events', () => {
    const made = new TestPlatform();
    const { platform, pubSub, database } = made;
    pubSub.addTopic(Scanned, {
      partitions: 3,
      retention: Duration.days(2),
      deadLetterRetention: Duration.hours(30),
    });
    const manifest = defineApp({ ...base, appId: 'scanner', publishes: [Scanned] });
    new EventApp(platform, 'scanner', { manifest, pubSub, database });
    const reader = defineApp({ ...base, appId: 'reader', subscribes: [Scanned] });
    new EventApp(platform, 'reader', { manifest: reader, pubSub, database });
    expect(envOf(made, 'scanner')).toContainEqual({ name: 'CLAIM_DAYS', value: '5' });
    expect(envOf(made, 'reader').map(({ name }) => name)).not.toContain('CLAIM_DAYS');
  });

  it.each(['unlimited', 'compacted'] as const)(
    'keep them for good where a topic does: %s',
    (retention) => {
      const made = new TestPlatform();
      const { platform, pubSub, database } = made;
      pubSub.addTopic(Scanned, { retention });
      const manifest = defineApp({ ...base, appId: 'scanner', publishes: [Scanned] });
      new EventApp(platform, 'scanner', { manifest, pubSub, database });
      expect(envOf(made, 'scanner')).toContainEqual({ name: 'CLAIM_DAYS', value: 'unlimited' });
    },
  );
});
