import { PLATFORM_MIGRATIONS } from '@cdk8s-event-platform/contracts/interface';
import { describe, expect, it } from 'vitest';
import { inProduction, TestPlatform } from '../testing/fixtures.ts';
import { migrationProblems } from './migration-problems.ts';
import { PostgresDatabase } from './postgres-database.ts';

const external = inProduction({ postgres: { host: 'db.example.com', port: 6432 } });

/** Plain values of the environment of the migrations' container. */
function env(test: TestPlatform): Record<string, string | undefined> {
  const [container] = test.object('Job', 'postgres-migrations').spec.template.spec.containers;
  return Object.fromEntries(
    (container.env as { name: string; value?: string }[]).map(({ name, value }) => [name, value]),
  );
}

describe('PostgresDatabase', () => {
  it('is a server in the cluster unless the environment has one', () => {
    const test = new TestPlatform();
    expect(test.object('StatefulSet', 'postgres').spec.replicas).toBe(1);
    expect(env(test)).toMatchObject({
      PGHOST: 'postgres.event-driven.svc.cluster.local',
      PGPORT: '5432',
      PGDATABASE: 'event_platform',
      PGSSLMODE: 'disable',
    });
    expect(test.platform.secrets).toEqual([
      {
        name: 'postgres-credentials',
        keys: {
          username: { kind: 'literal', value: 'event_platform' },
          password: { kind: 'random' },
        },
      },
    ]);
  });

  it('logs errors without rows, and no parameters of statements', () => {
    const [server] = new TestPlatform().object('StatefulSet', 'postgres').spec.template.spec
      .containers as [{ command: readonly string[] }];
    const script = server.command.at(-1);
    expect(script).toContain('-c log_error_verbosity=terse');
    expect(script).toContain('-c log_parameter_max_length=0');
    expect(script).toContain('-c log_parameter_max_length_on_error=0');
  });

  it('is a reference with TLS to a server outside', () => {
    const test = new TestPlatform(external);
    expect(test.objects().some(({ metadata }) => metadata.name === 'postgres')).toBe(false);
    expect(env(test)).toMatchObject({
      PGHOST: 'db.example.com',
      PGPORT: '6432',
      PGSSLMODE: 'verify-full',
    });
    const credentials = test.platform.secrets.find(({ name }) => name === 'postgres-credentials');
    expect(credentials?.keys.password).toEqual({
      kind: 'external',
      description: "password of the role 'event_platform' on db.example.com",
    });
  });

  it('admits its clients alone', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    const [rule] = test.object('NetworkPolicy', 'postgres').spec.ingress;
    expect(rule.from[0].podSelector.matchExpressions[0].values).toEqual([
      'order-processor',
      'postgres-migrations',
    ]);
  });

  it('applies migrations in the order of their names, as another Job when they change', () => {
    const test = new TestPlatform();
    const before = test.object('Job', 'postgres-migrations').metadata.name;
    test.database.addMigration({ name: '0200-b', sql: 'SELECT 2;' });
    test.database.addMigration({ name: '0100-a', sql: 'SELECT 1;' });
    test.database.addMigration({ name: '0100-a', sql: 'SELECT 1;' });
    expect(test.database.migrations.map(({ name }) => name)).toEqual([
      ...PLATFORM_MIGRATIONS.map(({ name }) => name),
      '0100-a',
      '0200-b',
    ]);
    expect(test.object('ConfigMap', 'postgres-migrations').data['0100-a.sql']).toBe('SELECT 1;\n');
    expect(test.object('Job', 'postgres-migrations').metadata.name).not.toBe(before);
  });

  it('refuses passwords in the clear in production', () => {
    const { platform } = new TestPlatform(external);
    const server = { host: 'db', tls: false };
    expect(() => new PostgresDatabase(platform, 'more', { external: server, name: 'b' })).toThrow(
      /test\/more: tls is off for 'db'.*leave tls on/,
    );
  });

  it('refuses names that SQL would have to quote', () => {
    const { platform } = new TestPlatform();
    expect(() => new PostgresDatabase(platform, 'more', { name: 'b', database: 'My-Db' })).toThrow(
      /test\/more: database 'My-Db' is not a plain SQL name/,
    );
  });

  it('refuses migrations that do not sort, or disagree', () => {
    expect(migrationProblems([{ name: 'tasks', sql: 'SELECT 1' }]).join()).toMatch(
      /migration 'tasks' does not sort.*'0100-tasks'/,
    );
    expect(
      migrationProblems([
        { name: '0100-a', sql: 'SELECT 1' },
        { name: '0100-a', sql: 'SELECT 2' },
      ]).join(),
    ).toMatch(/migration '0100-a' is declared with different SQL: rename one/);
  });
});
