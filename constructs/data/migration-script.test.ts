import { ApiObject, Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { PLATFORM_MIGRATIONS } from '@cdk8s-event-platform/contracts/interface';
import type { Problem } from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from '../core/index.ts';
import { orderProcessor, TestPlatform } from '../testing/fixtures.ts';
import type { MigrationJobOptions } from './database-migrations.ts';
import { MIGRATE_SCRIPT } from './migration-script.ts';
import { PostgresDatabase } from './postgres-database.ts';

/** What the tests read of a Job. */
interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly activeDeadlineSeconds: number;
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly env: readonly { readonly name: string; readonly value: string }[];
          readonly terminationMessagePolicy: string;
        }[];
      };
    };
  };
}

describe('MIGRATE_SCRIPT', () => {
  it('stops at the first error, and applies each file once, in a transaction with a lock', () => {
    expect(MIGRATE_SCRIPT).toMatch(/^set -euo pipefail\n/);
    expect(MIGRATE_SCRIPT).toContain('--set ON_ERROR_STOP=1');
    const order = ['BEGIN ISOLATION', 'pg_advisory_xact_lock', '\\i :migrations_file', 'COMMIT;'];
    const migrate = MIGRATE_SCRIPT.slice(MIGRATE_SCRIPT.indexOf('begin() {'));
    const positions = order.map((each) => migrate.lastIndexOf(each));
    expect(positions).toEqual([...positions].sort((one, other) => one - other));
  });

  it('relies on no options of a session, which PgBouncer does not know', () => {
    expect(MIGRATE_SCRIPT).not.toContain('PGOPTIONS');
    expect(MIGRATE_SCRIPT).not.toMatch(/^ *SET (?!LOCAL )/m);
  });
});

describe('DatabaseMigrations', () => {
  function jobName(...names: string[]): string {
    const test = new TestPlatform();
    names.forEach((each) => test.database.addMigration({ name: each, sql: `SELECT '${each}'` }));
    return test.object('Job', 'postgres-migrations').metadata.name;
  }

  it('is the same Job in whatever order apps add their migrations', () => {
    expect(jobName('0100-a', '0200-b')).toBe(jobName('0200-b', '0100-a'));
    expect(jobName('0100-a', '0100-a')).toBe(jobName('0100-a'));
    expect(jobName('0100-a')).not.toBe(jobName('0100-b'));
  });

  it('is another Job when the SQL of a migration changes', () => {
    const job = (sql: string) => {
      const test = new TestPlatform();
      test.database.addMigration({ name: '0100-a', sql });
      return test.object('Job', 'postgres-migrations').metadata.name;
    };
    expect(job('SELECT 1')).not.toBe(job('SELECT 2'));
  });

  it('brings every file into the pod that applies them', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    const { data } = test.object('ConfigMap', 'postgres-migrations');
    expect(data).toEqual({
      ...Object.fromEntries(
        PLATFORM_MIGRATIONS.map(({ name, sql }) => [`${name}.sql`, `${sql}\n`]),
      ),
      '0100-orders.sql': 'CREATE TABLE orders (id bigint);\n',
      '001-access.json': expect.any(String) as string,
    });
    const { spec } = test.object('Job', 'postgres-migrations').spec.template;
    expect(spec.volumes[0]).toEqual({
      name: 'migrations',
      configMap: { name: 'postgres-migrations' },
    });
    expect(spec.containers[0].command).toEqual(['/bin/bash', '-ec', MIGRATE_SCRIPT]);
  });

  it('reports what apps disagree on, behind the path of the database', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    test.consumer(
      {},
      {
        ...orderProcessor,
        appId: 'archive',
        migrations: [
          { name: '0100-orders', sql: 'CREATE TABLE orders (id text);' },
          { name: 'later', sql: 'SELECT 1' },
        ],
      },
    );
    expect(() => test.objects()).toThrow(
      new DeclarationError(
        test.platform,
        "cannot be rendered:\n- test/postgres: migration '0100-orders' is declared with different SQL: rename one [EP2006]\n- test/postgres: migration 'later' does not sort: name it by four digits and words, e.g. '0100-tasks' [EP2006]" as Problem,
      ),
    );
  });

  it('says how long the Job waits, and where a missing database is created from', () => {
    const waits = (migrationJob?: MigrationJobOptions) => {
      const { platform } = new TestPlatform();
      new PostgresDatabase(platform, 'more', {
        name: 'more',
        ...(migrationJob && { migrationJob }),
      });
      const { spec } = platform.node
        .findAll()
        .filter((each) => each instanceof ApiObject)
        .map((each) => each.toJson() as Rendered)
        .find(({ kind, metadata }) => kind === 'Job' && metadata.name.startsWith('more-'))!;
      const { env, terminationMessagePolicy } = spec.template.spec.containers[0]!;
      expect(terminationMessagePolicy).toBe('FallbackToLogsOnError');
      const values = env
        .filter(({ name }) => name.startsWith('M'))
        .map(({ name, value }) => `${name}=${value}`);
      return [spec.activeDeadlineSeconds, ...values];
    };
    expect(waits()).toEqual([
      3600,
      'MIGRATIONS_CONNECT_SECONDS=300',
      'MIGRATIONS_LOCK_SECONDS=10',
      'MAINTENANCE_DATABASE=postgres',
    ]);
    expect(
      waits({
        deadline: Duration.hours(8),
        connectTimeout: Duration.minutes(1),
        lockTimeout: Duration.seconds(3),
        maintenanceDatabase: 'defaultdb',
      }),
    ).toEqual([
      28_800,
      'MIGRATIONS_CONNECT_SECONDS=60',
      'MIGRATIONS_LOCK_SECONDS=3',
      'MAINTENANCE_DATABASE=defaultdb',
    ]);
  });

  it.each([
    [
      { lockTimeout: Duration.millis(100) },
      'lockTimeout (0.1 s) must be whole seconds, at least 1',
    ],
    [
      { connectTimeout: Duration.seconds(0) },
      'connectTimeout (0 s) must be whole seconds, at least 1',
    ],
    [
      { deadline: Duration.minutes(5) },
      'deadline (300 s) must exceed connectTimeout and lockTimeout (300 s and 10 s): the Job would end before it can say what it waits for',
    ],
    [{ maintenanceDatabase: '' }, 'maintenanceDatabase is empty: leave it out, or name one'],
  ])('refuses %j', (migrationJob, problem) => {
    const { platform } = new TestPlatform();
    expect(() => new PostgresDatabase(platform, 'more', { name: 'b', migrationJob })).toThrow(
      `test/more/migrations: ${problem}`,
    );
  });
});
