// The Todo system, alone and beside the task platform: what a stack derives from it.
import { beforeAll, describe, expect, it } from 'vitest';
import { SYSTEMS } from '../charts/systems.ts';
import { todoAwsPlatform } from '../charts/todo/aws-msk.ts';
import { renderObjects } from '../constructs/index.ts';
import { program as awsMsk } from './aws-msk/index.ts';
import { resourceName } from './kubernetes/kubernetes-object.ts';
import { program as local } from './local/index.ts';
import { ANSWERS, OWN_SETTINGS, REGION } from './testing/answers.ts';
import { record, type RecordedResource } from './testing/recording.ts';

const CACHE = 'aws:elasticache/replicationGroup:ReplicationGroup';
const COMPONENT = 'kubernetes:dapr.io/v1alpha1:Component';
const DATABASE = 'aws:rds/instance:Instance';
const DEPLOYMENT = 'kubernetes:apps/v1:Deployment';
const IMAGE = 'docker-build:index:Image';
const POLICY = 'aws:iam/rolePolicy:RolePolicy';
const VERSION = 'aws:secretsmanager/secretVersion:SecretVersion';

const IMAGES = Object.keys(SYSTEMS.todo!.images);

/** Servers have addresses of their own, so that one of the other system is found. */
const outputs: typeof ANSWERS.outputs = (resource) => ({
  ...ANSWERS.outputs(resource),
  ...(resource.type === DATABASE && { address: `${resource.name}.db.example` }),
  ...(resource.type === CACHE && { primaryEndpointAddress: `${resource.name}.cache.example` }),
  ...(resource.type === 'random:index/randomPassword:RandomPassword' && {
    result: `made for ${resource.name}`,
  }),
});

function deployAws(systems: string, { stack = 'aws-msk', size = 'production' } = {}) {
  const config = { target: 'aws-msk', size, region: REGION, imageTag: '1.2.3', ...OWN_SETTINGS };
  return record(awsMsk, { config: { ...config, systems }, stack, ...ANSWERS, outputs });
}

const deployLocal = (systems: string) =>
  record(local, { config: { target: 'local', systems }, stack: 'local', ...ANSWERS });

const last = ({ name }: RecordedResource) => name.split('/').at(-1);
const secretsIn = (version: RecordedResource) =>
  JSON.parse(version.inputs.secretString as string) as Record<string, string>;

describe.each(['todo', 'tasks,todo'])('systems %s on AWS', (systems) => {
  let recording: Awaited<ReturnType<typeof deployAws>>;
  beforeAll(async () => {
    recording = await deployAws(systems);
  });

  it('have a resource for each object of dist/todo/aws-msk, and no placeholder in any', () => {
    const { resources } = recording;
    const rendered = renderObjects(todoAwsPlatform().platform).map(({ manifest }) =>
      resourceName(manifest),
    );
    expect(resources.map(({ name }) => name)).toEqual(expect.arrayContaining(rendered));
    expect(JSON.stringify(resources)).not.toContain('placeholder.invalid');
  });

  it('have one cache, with its token and its address where sidecars connect', () => {
    expect(recording.only(CACHE).name).toBe('aws-msk-todo-cache');
    for (const store of ['task-cache', 'notification-cache']) {
      const { inputs } = recording.only(COMPONENT, `Component/todo/${store}`);
      const { metadata } = inputs.spec as { metadata: object[] };
      expect(metadata).toEqual(
        expect.arrayContaining([
          { name: 'redisHost', value: 'aws-msk-todo-cache.cache.example:6379' },
          { name: 'enableTLS', value: 'true' },
          {
            name: 'redisPassword',
            secretKeyRef: { name: 'redis-credentials', key: 'password' },
          },
        ]),
      );
    }
    const token = recording.only(VERSION, 'aws-msk-todo-redis-credentials');
    expect(secretsIn(token)).toEqual({ password: 'made for aws-msk-todo-cache' });
    expect(recording.only(CACHE).inputs.authToken).toBe('made for aws-msk-todo-cache');
    const rule = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';
    const open = recording.ofType(rule).filter(({ inputs }) => inputs.fromPort === 6379);
    expect(open.map(({ inputs }) => inputs.referencedSecurityGroupId)).toEqual(['sg-nodes']);
  });

  it('wait for the cache before apps start', () => {
    const platform = recording.only('event-platform:kubernetes:PlatformObjects', 'todo-platform');
    const namespace = recording.only('kubernetes:core/v1:Namespace', 'Namespace/todo');
    expect([...platform.dependencies, ...namespace.dependencies]).toContain(
      recording.only(CACHE).urn,
    );
  });

  it('have a database of their own each, where every app logs in as another role', () => {
    const databases = recording.ofType(DATABASE).map(({ name }) => name);
    expect(databases).toEqual(
      systems === 'todo'
        ? ['aws-msk-todo-database']
        : ['aws-msk-database', 'aws-msk-todo-database'],
    );
    const api = JSON.stringify(recording.only(DEPLOYMENT, 'Deployment/todo/todo-api').inputs);
    expect(api).toContain('{"name":"PGHOST","value":"aws-msk-todo-database.db.example"}');
    const logins = recording
      .ofType(VERSION)
      .filter(({ name }) => name.startsWith('aws-msk-todo-'))
      .map((version) => secretsIn(version).username)
      .filter((username) => username?.startsWith('event_platform'));
    // Eleven apps, the dead-letter processor, KEDA and the owner.
    expect(new Set(logins).size).toBe(14);
    expect(logins).toHaveLength(14);
    expect(secretsIn(recording.only(VERSION, 'aws-msk-todo-postgres-credentials')).password).toBe(
      'made for aws-msk-todo-database',
    );
  });

  it('have every Secret of the platform, with keys of personal data and of webhooks', () => {
    const secrets = recording
      .ofType('kubernetes:external-secrets.io/v1:ExternalSecret')
      .map(({ name }) => name);
    const names = todoAwsPlatform().platform.secrets.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['personal-data-keys', 'todo-webhooks']));
    expect(secrets).toEqual(
      expect.arrayContaining(names.map((name) => `ExternalSecret/todo/${name}`)),
    );
    expect(secretsIn(recording.only(VERSION, 'aws-msk-todo-todo-webhooks'))).toEqual({
      targets: '[]',
      key: 'made for todo/todo-webhooks/key',
    });
    expect(secretsIn(recording.only(VERSION, 'aws-msk-todo-personal-data-keys'))).toMatchObject({
      current: 'made for todo/personal-data-keys/current',
    });
    expect(recording.ofType('kubernetes:core/v1:Secret')).toEqual([]);
  });

  it('give each app the rights of its grants, and its ServiceAccount its identity', () => {
    const { broker } = todoAwsPlatform();
    const named = (client: string) =>
      recording
        .ofType(POLICY)
        .filter(({ name }) => name === `aws-msk-todo-kafka-${client}`)
        .map(({ inputs }) => JSON.parse(inputs.policy as string) as { Statement: object[] });
    for (const { client, publishes, receives, group } of broker.grants) {
      const [policy] = named(client);
      const ends = Object.fromEntries(
        (policy!.Statement as { Sid: string; Resource: string[] }[]).map(({ Sid, Resource }) => [
          Sid,
          Resource.map((arn) => arn.split('/').at(-1)),
        ]),
      );
      expect(ends, client).toEqual({
        Connect: [expect.any(String)],
        ...(publishes.length > 0 && { Publish: [...publishes].sort() }),
        ...(receives.length > 0 && { Subscribe: [...receives].sort(), Groups: [group] }),
      });
      expect(group, client).toMatch(/^todo\./);
    }
    const accounts = recording
      .ofType('aws:eks/podIdentityAssociation:PodIdentityAssociation')
      .map(({ inputs }) => `${String(inputs.namespace)}/${String(inputs.serviceAccount)}`);
    const rendered = recording
      .ofType('kubernetes:core/v1:ServiceAccount')
      .map(({ name }) => name.replace('ServiceAccount/', ''));
    expect(accounts).toEqual(expect.arrayContaining(rendered));
    expect(accounts.filter((account) => account === 'keda/keda-operator')).toHaveLength(1);
  });

  it('build each image once, and run it by its digest', () => {
    const built = recording.ofType(IMAGE).map(({ name }) => name);
    expect(new Set(built).size).toBe(built.length);
    expect(built).toEqual(expect.arrayContaining(IMAGES));
    expect(built).toHaveLength(systems === 'todo' ? IMAGES.length : IMAGES.length + 4);
    for (const image of IMAGES) {
      const inputs = recording.only(DEPLOYMENT, `Deployment/todo/${image}`).inputs;
      expect(JSON.stringify(inputs), image).toMatch(
        new RegExp(`"image":"[^"]+/${image}:1\\.2\\.3@sha256:abc"`),
      );
    }
  });

  it('say where the database and the cache are, and how to reach the page', () => {
    const { result } = recording;
    expect(result.systems).toMatchObject({
      todo: {
        namespace: 'todo',
        reachIt: [expect.anything(), 'kubectl -n todo port-forward service/todo-web 8080:80'],
      },
    });
    const { todo, tasks } = result.systems as Record<string, object>;
    expect(Object.keys(todo!)).toEqual(['namespace', 'databaseHost', 'cacheHost', 'reachIt']);
    if (systems !== 'todo') {
      expect(Object.keys(tasks!)).toEqual(['namespace', 'databaseHost', 'reachIt']);
    }
  });
});

describe('the Todo system on AWS', () => {
  it('has consumers prefer spot nodes, and none that answer requests', async () => {
    const preferring = (await deployAws('todo'))
      .ofType(DEPLOYMENT)
      .filter(({ inputs }) => JSON.stringify(inputs).includes('"values":["SPOT"]'));
    expect(preferring.map(last).sort()).toEqual([
      'todo-cache-invalidator',
      'todo-onboarding',
      'todo-sync',
    ]);
  });

  it('takes a cache that the task platform is made without', async () => {
    expect((await deployAws('tasks')).ofType(CACHE)).toEqual([]);
  });

  it('fits into the smallest size, beside the task platform', async () => {
    const { ofType } = await deployAws('tasks,todo', { size: 'dev' });
    expect(ofType(DATABASE)).toHaveLength(2);
  });

  it('refuses names that are too long with its own, before anything is made', async () => {
    const stack = 'a'.repeat(21);
    expect((await deployAws('todo', { stack })).only(CACHE).name).toBe(`${stack}-todo-cache`);
    await expect(deployAws('tasks,todo', { stack: `${stack}a` })).rejects.toThrow(
      `'${stack}a-todo-cache' has 33 characters, and the name of a cache may have 32`,
    );
    await expect(deployAws('todo', { stack: 'a'.repeat(26) })).rejects.toThrow(
      'and the name of a role may have 56: use a shorter name for the stack or the app',
    );
    expect((await deployAws('tasks', { stack: 'a'.repeat(26) })).ofType(DATABASE)).toHaveLength(1);
  });
});

describe.each(['todo', 'tasks,todo'])('systems %s on kind', (systems) => {
  let recording: Awaited<ReturnType<typeof deployLocal>>;
  beforeAll(async () => {
    recording = await deployLocal(systems);
  });

  it('have a resource for each object of dist/todo/local', () => {
    const { resources } = recording;
    const rendered = renderObjects(SYSTEMS.todo!.environments.local!()).map(({ manifest }) =>
      resourceName(manifest),
    );
    expect(resources.map(({ name }) => name)).toEqual(expect.arrayContaining(rendered));
    expect(JSON.stringify(resources)).not.toContain('placeholder.invalid');
  });

  it('build and load each image once, under a name that changes with it', () => {
    const built = recording.ofType(IMAGE).map(({ name }) => name);
    expect(built).toEqual(expect.arrayContaining(IMAGES));
    expect(built).toHaveLength(systems === 'todo' ? IMAGES.length : IMAGES.length + 4);
    for (const image of IMAGES) {
      const { inputs, dependencies } = recording.only(DEPLOYMENT, `Deployment/todo/${image}`);
      expect(JSON.stringify(inputs), image).toContain(`"image":"${image}:0123456789ab"`);
      expect(dependencies).toContain(recording.only('command:local:Command', `${image}-load`).urn);
    }
  });

  it('have a Secret for each that the platform refers to, with passwords of their own', () => {
    const secrets = recording.ofType('kubernetes:core/v1:Secret').map(({ name }) => name);
    const { secrets: references } = SYSTEMS.todo!.environments.local!();
    expect(secrets).toEqual(
      expect.arrayContaining(references.map(({ name }) => `Secret/todo/${name}`)),
    );
    const passwords = recording
      .ofType('random:index/randomPassword:RandomPassword')
      .map(({ name }) => name);
    expect(passwords).toContain('todo/dead-letter-processor-postgres/password');
    expect(passwords.includes('dead-letter-processor-postgres/password')).toBe(systems !== 'todo');
  });

  it('say how to reach the page', () => {
    const { systems: said } = recording.result;
    expect(said).toMatchObject({
      todo: {
        namespace: 'todo',
        reachIt: [
          'kind export kubeconfig --name event-platform',
          ...['todo-web 8080:80', 'jaeger 16686', 'mail-sink 8025'].map(
            (page) => `kubectl --context kind-event-platform -n todo port-forward service/${page}`,
          ),
        ],
      },
    });
  });
});
