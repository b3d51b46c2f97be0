import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEAD_LETTER_PROCESSOR,
  type DatabaseAccess,
} from '@cdk8s-event-platform/contracts/interface';
import { DaprStateStore, DeadLetterProcessor, StateStoreBackend } from '../index.ts';
import { orderProcessor, shop, TestPlatform } from '../testing/fixtures.ts';
import { roleName } from './database-roles.ts';

const DATABASE = fc.stringMatching(/^[a-z_][a-z0-9_]{0,62}$/);
const APP_ID = fc.stringMatching(/^[a-z]([a-z0-9-]{0,56}[a-z0-9])?$/);

/** Every kind of role: a producer and a consumer with tables, a dead-letter processor, a state store. */
function complete(): TestPlatform {
  const test = new TestPlatform();
  const { platform, database, pubSub } = test;
  const producer = {
    ...shop,
    migrations: [{ name: '0200-shop', sql: 'CREATE TABLE shop (id int)' }],
  };
  new DeadLetterProcessor(platform, 'dead-letters', { pubSub, database });
  test.producer();
  const consumer = test.consumer();
  database.addApp({ ...producer, appId: 'till' });
  new DaprStateStore(platform, 'statestore', {
    backend: StateStoreBackend.postgres(database),
  }).grantAccess(consumer);
  return test;
}

function access(test: TestPlatform): DatabaseAccess {
  const { data } = test.object('ConfigMap', 'postgres-migrations');
  return JSON.parse(
    (data as Readonly<Record<string, string>>)['001-access.json']!,
  ) as DatabaseAccess;
}

describe('names of roles', () => {
  it('end in the app id, which row level security reads, and have room in PostgreSQL', () => {
    fc.assert(
      fc.property(DATABASE, APP_ID, (database, appId) => {
        const name = roleName(database, appId);
        expect(name.length).toBeLessThanOrEqual(63);
        expect(name.split('.')).toHaveLength(2);
        expect(name.split('.')[1]).toBe(appId);
        expect(name.split('.')[0]!.length).toBeGreaterThanOrEqual(Math.min(4, database.length));
        expect(name.startsWith('pg_')).toBe(false);
      }),
    );
  });

  it('start with the database, or a hash of it: roles belong to the server', () => {
    expect(roleName('event_platform', 'task-processor')).toBe('event_platform.task-processor');
    expect(roleName('event_platform', 'a'.repeat(58))).toMatch(/^[0-9a-f]{4}\.a{58}$/);
    expect(roleName('event_platform', 'a'.repeat(58))).not.toBe(roleName('b', 'a'.repeat(58)));
    expect(roleName('pg_events', 'shop')).toMatch(/^[0-9a-f]{10}\.shop$/);
  });

  it('are known as names of the database by what stands in front', () => {
    fc.assert(
      fc.property(APP_ID, (appId) => {
        const test = new TestPlatform();
        test.database.addApp({ ...orderProcessor, appId });
        const { prefixes, roles } = access(test);
        expect(prefixes).toContain(roles[0]!.role.split('.')[0]);
      }),
      { numRuns: 10 },
    );
  });
});

describe('DatabaseRoles', () => {
  it('have what manifests imply, and nothing else', () => {
    const { roles, inboxDays } = access(complete());
    const app = { reads: ['schema_migrations'], functions: [], migrations: [] };
    expect(roles).toEqual([
      {
        ...app,
        role: 'event_platform.dead-letter-processor',
        tables: ['quarantine'],
        functions: [
          'erase_subject(text)',
          'erasure_of(text)',
          'list_sagas(text, text, text, bigint)',
          'find_saga(text, text, text)',
          'saga_commands_of(text, text, text)',
          'ask_saga(text, text, text, text)',
        ],
        collects: true,
      },
      { role: 'event_platform.due_work', functions: ['due_work(text)'] },
      {
        ...app,
        role: 'event_platform.order-processor',
        tables: ['processed_events', 'effects', 'quarantine'],
        functions: ['keep_processed_events(integer)'],
        migrations: ['0100-orders'],
      },
      { role: 'event_platform.state_store', schema: 'state_store' },
      {
        ...app,
        role: 'event_platform.till',
        tables: ['outbox', 'outbox_lanes', 'idempotency_keys'],
        migrations: ['0200-shop'],
      },
    ]);
    expect(inboxDays).toBe(36);
  });

  it('have a Secret each, which the pods of their app and the Job have, and no others', () => {
    const test = complete();
    const own = new Map([
      ['order-processor', 'order-processor-postgres'],
      [DEAD_LETTER_PROCESSOR.appId, 'dead-letter-processor-postgres'],
    ]);
    for (const [appId, secret] of own) {
      const text = JSON.stringify(test.object('Deployment', appId));
      expect(
        new Set(
          text.match(
            /[a-z-]*postgres(-credentials|-due-work|-state-store)?(?=","key)|(?<="name":")[a-z-]+-postgres/g,
          ),
        ),
      ).toEqual(new Set([secret]));
    }
    const { volumes, containers } = test.object('Job', 'postgres-migrations').spec.template.spec;
    const { sources } = (volumes as { name: string; projected?: { sources: object[] } }[]).find(
      ({ name }) => name === 'roles',
    )!.projected!;
    expect(sources).toEqual(
      [
        ['dead-letter-processor-postgres', 'dead-letter-processor'],
        ['postgres-due-work', 'due_work'],
        ['order-processor-postgres', 'order-processor'],
        ['postgres-state-store', 'state_store'],
        ['till-postgres', 'till'],
      ].map(([name, role]) => ({
        secret: { name, items: [{ key: 'password', path: `event_platform.${role!}/password` }] },
      })),
    );
    const login = (containers[0].env as { name: string; valueFrom?: object }[]).filter(
      ({ valueFrom }) => valueFrom,
    );
    expect(login.map(({ valueFrom }) => valueFrom)).toEqual(
      ['username', 'password'].map((key) => ({
        secretKeyRef: { name: 'postgres-credentials', key },
      })),
    );
    const declared = test.platform.secrets.filter(({ name }) => name.includes('postgres'));
    expect(declared.map(({ keys }) => keys.password)).toEqual(
      declared.map(() => ({ kind: 'random' })),
    );
  });

  it('make another Job where an app is added', () => {
    const job = (prepare: (test: TestPlatform) => void) => {
      const test = new TestPlatform();
      prepare(test);
      return test.object('Job', 'postgres-migrations').metadata.name;
    };
    expect(job((test) => test.database.addApp({ ...orderProcessor, migrations: [] }))).not.toBe(
      job(() => undefined),
    );
  });

  it('see the quarantine of all only where they are there', () => {
    expect(() => new TestPlatform().database.grantQuarantine('shop')).toThrow(
      "test/postgres: app 'shop' has no role that could see the quarantine: call addApp with its manifest first",
    );
  });

  it('whose Secret has the name of another are refused', () => {
    const test = new TestPlatform();
    test.platform.addSecret({ name: 'order-processor-postgres', keys: {} });
    expect(() => test.database.addApp(orderProcessor)).toThrow(
      "test: secret 'order-processor-postgres' is declared twice: share one SecretReference, or give one another name",
    );
  });
});
