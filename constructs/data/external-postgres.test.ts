import { App } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Environment, EventPlatform } from '../platform/index.ts';
import { DaprStateStore, StateStoreBackend } from '../dapr/index.ts';
import { inProduction, TestPlatform } from '../testing/fixtures.ts';
import { PostgresDatabase } from './postgres-database.ts';

const outside = { host: 'db.example.com' };

describe('PostgresDatabase outside the cluster', () => {
  it('is verified, on the port of PostgreSQL, unless told otherwise', () => {
    const { database } = new TestPlatform(inProduction({ postgres: outside }));
    expect(database).toMatchObject({ host: 'db.example.com', port: 5432, sslMode: 'verify-full' });
    expect(database.server).toBeUndefined();
    expect(database.stateStoreRole().keys['connection-string']).toEqual({
      kind: 'template',
      template:
        'host=db.example.com port=5432 dbname=event_platform user=${username} password=${password} sslmode=verify-full',
    });
  });

  it('may do without TLS on a laptop, and nowhere else', () => {
    const postgres = { ...outside, tls: false };
    expect(new TestPlatform(Environment.local({ postgres })).database.sslMode).toBe('disable');
    expect(() => new TestPlatform(inProduction({ postgres }))).toThrow(
      "test/postgres: tls is off for 'db.example.com': passwords would cross the network in the clear in production; leave tls on",
    );
  });

  it('may be that of one database, before that of the environment', () => {
    const { platform } = new TestPlatform(Environment.local({ postgres: outside }));
    const database = new PostgresDatabase(platform, 'more', {
      name: 'more',
      external: { host: 'more.example.com', port: 6432 },
    });
    expect(database).toMatchObject({ host: 'more.example.com', port: 6432 });
  });

  it('is reached by its clients at any address, on its port alone', () => {
    const test = new TestPlatform(Environment.local({ postgres: { ...outside, port: 6432 } }));
    test.producer();
    test.consumer();
    expect(test.object('NetworkPolicy', 'postgres-migrations').spec.egress).toEqual([
      { ports: [{ port: 6432, protocol: 'TCP' }] },
    ]);
    expect(test.object('NetworkPolicy', 'order-processor').spec.egress).toContainEqual({
      ports: [{ port: 6432, protocol: 'TCP' }],
    });
    expect(
      test
        .objects()
        .some(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === 'postgres'),
    ).toBe(false);
  });

  it('is known to everybody who connects by the authority that signs its certificate', () => {
    const certificateAuthority = '-----BEGIN CERTIFICATE-----';
    const test = new TestPlatform(inProduction({ postgres: { ...outside, certificateAuthority } }));
    test.producer();
    test.consumer();
    expect(test.object('ConfigMap', 'postgres-authority').data).toEqual({
      'ca.crt': certificateAuthority,
    });
    const path = '/etc/postgres-authority/ca.crt';
    const pods = [
      test.object('Deployment', 'order-processor').spec.template.spec,
      test
        .objects()
        .find(({ kind, metadata }) => kind === 'Job' && metadata.name.startsWith('postgres-'))!.spec
        .template.spec,
    ];
    for (const { containers, volumes } of pods) {
      expect(containers[0].env).toEqual(
        expect.arrayContaining([
          { name: 'PGSSLMODE', value: 'verify-full' },
          { name: 'PGSSLROOTCERT', value: path },
          { name: 'NODE_EXTRA_CA_CERTS', value: path },
        ]),
      );
      expect(containers[0].volumeMounts).toContainEqual({
        name: 'postgres-authority',
        mountPath: '/etc/postgres-authority',
        readOnly: true,
      });
      expect(volumes).toContainEqual({
        name: 'postgres-authority',
        configMap: { name: 'postgres-authority' },
      });
    }
  });

  it('is verified by the authorities that systems know when none is given', () => {
    const { database } = new TestPlatform(inProduction({ postgres: outside }));
    expect(database.authority).toBeUndefined();
    expect(database.connectionEnv()).toContainEqual({ name: 'PGSSLROOTCERT', value: 'system' });
    expect(new TestPlatform().database.connectionEnv().map(({ name }) => name)).not.toContain(
      'PGSSLROOTCERT',
    );
  });

  it('is verified by sidecars that keep state in it, too', () => {
    const postgres = { ...outside, certificateAuthority: 'PEM' };
    const test = new TestPlatform(inProduction({ postgres }));
    test.producer();
    const consumer = test.consumer();
    new DaprStateStore(test.platform, 'statestore', {
      backend: StateStoreBackend.postgres(test.database),
    }).grantAccess(consumer);
    const { spec } = test.object('Deployment', consumer.appId) as unknown as {
      spec: { template: { metadata: { annotations: object }; spec: { volumes: object[] } } };
    };
    expect(spec.template.metadata.annotations).toMatchObject({
      'dapr.io/volume-mounts': 'postgres-authority:/etc/postgres-authority',
    });
    expect(spec.template.spec.volumes).toEqual([
      { name: 'tmp', emptyDir: {} },
      { name: 'postgres-authority', configMap: { name: 'postgres-authority' } },
    ]);
    const { keys } = test.database.stateStoreRole();
    expect(JSON.stringify(keys['connection-string'])).toContain(
      'sslmode=verify-full sslrootcert=/etc/postgres-authority/ca.crt',
    );
  });
});

describe('names of PostgresDatabase', () => {
  it.each([
    ['database', 'Orders'],
    ['database', ''],
    ['database', "a'; DROP TABLE x"],
    ['database', '1st'],
    ['user', 'order-processor'],
    ['user', 'a'.repeat(64)],
  ])('%s %j is refused with path, value and remedy', (what, value) => {
    const { platform } = new TestPlatform();
    expect(() => new PostgresDatabase(platform, 'more', { name: 'more', [what]: value })).toThrow(
      `test/more: ${what} '${value}' is not a plain SQL name: use at most 63 of a-z, 0-9 and '_'`,
    );
  });

  it('need no quoting in SQL, nor in a connection string', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z_][a-z0-9_]{0,62}$/), (database) => {
        const { platform } = new TestPlatform();
        const more = new PostgresDatabase(platform, 'more', { name: 'more', database });
        expect(more.database).toBe(database);
      }),
      { numRuns: 10 },
    );
  });

  it.each(['Postgres', 'a'.repeat(41)])('of objects are DNS labels with room: %s', (name) => {
    const { platform } = new TestPlatform();
    expect(() => new PostgresDatabase(platform, 'more', { name })).toThrow(
      `test/more: name '${name}'`,
    );
  });

  it('of two databases must differ', () => {
    const { platform } = new TestPlatform();
    expect(() => new PostgresDatabase(platform, 'more')).toThrow(
      "test: secret 'postgres-credentials' is declared twice: share one SecretReference, or give one another name",
    );
  });
});

it('a server in the cluster is refused in production: it has neither TLS nor a copy', () => {
  const platform = new EventPlatform(new App(), 'test', {
    environment: Environment.production({
      images: { registry: 'registry.example.com', tag: '1.0.0' },
    }),
  });
  expect(() => new PostgresDatabase(platform, 'postgres')).toThrow(
    'test/postgres: the server in the cluster is one pod without TLS and without a copy',
  );
});
