import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INBOX_MIGRATION, PLATFORM_MIGRATIONS } from '../contracts/index.ts';
import { DeclarationError } from '../core/index.ts';
import { orderProcessor, TestPlatform } from '../testing/fixtures.ts';
import { MIGRATE_SCRIPT, migrationProblems } from './migration-script.ts';

const name = fc.stringMatching(/^[0-9]{4}-[a-z0-9-]{1,20}$/);

describe('migrationProblems', () => {
  it('accepts names of four digits and words, and the same migration of several apps', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { selector: (each) => each.slice(0, 4) }), (names) => {
        const migrations = names.map((each) => ({ name: each, sql: `SELECT '${each}'` }));
        expect(migrationProblems([...migrations, ...migrations])).toEqual([]);
      }),
    );
    expect(migrationProblems([INBOX_MIGRATION])).toEqual([]);
  });

  it.each([
    '',
    'orders',
    '1-orders',
    '00100-orders',
    '0100',
    '0100-',
    '0100_orders',
    '0100-Orders',
  ])('refuses the name %j', (wrong) => {
    expect(migrationProblems([{ name: wrong, sql: '' }])).toEqual([
      `migration '${wrong}' does not sort: name it by four digits and words, e.g. '0100-tasks'`,
    ]);
  });

  it.each(["0100-a'", '0100-a/b', '0100-a b', '0100-a\n', '0100-$(id)', '../0100-a'])(
    'refuses %j, which the shell or the file system would read as more than a name',
    (wrong) => {
      expect(migrationProblems([{ name: wrong, sql: '' }])).toHaveLength(1);
    },
  );

  it('refuses one name for two contents', () => {
    fc.assert(
      fc.property(name, fc.string(), fc.string(), (each, a, b) => {
        fc.pre(a !== b);
        expect(
          migrationProblems([
            { name: each, sql: a },
            { name: each, sql: b },
          ]),
        ).toEqual([`migration '${each}' is declared with different SQL: rename one`]);
      }),
    );
  });
});

describe('MIGRATE_SCRIPT', () => {
  it('stops at the first error, and applies each file once, in a transaction with a lock', () => {
    expect(MIGRATE_SCRIPT).toMatch(/^set -euo pipefail\n/);
    expect(MIGRATE_SCRIPT).toContain('--set ON_ERROR_STOP=1');
    expect(MIGRATE_SCRIPT).toContain('--single-transaction');
    expect(MIGRATE_SCRIPT.indexOf('pg_advisory_xact_lock')).toBeLessThan(
      MIGRATE_SCRIPT.indexOf('NOT EXISTS (SELECT FROM schema_migrations'),
    );
  });
});

describe('DatabaseMigrations', () => {
  function jobName(...names: string[]): string {
    const test = new TestPlatform();
    names.forEach((each) => test.database.addMigration({ name: each, sql: `-- ${each}` }));
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
          { name: 'later', sql: '' },
        ],
      },
    );
    expect(() => test.objects()).toThrow(
      new DeclarationError(
        test.platform,
        "cannot be rendered:\n- test/postgres: migration '0100-orders' is declared with different SQL: rename one\n- test/postgres: migration 'later' does not sort: name it by four digits and words, e.g. '0100-tasks'",
      ),
    );
  });
});
