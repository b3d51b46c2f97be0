// Systems with a cache, alone and beside others: what a stack derives from them.
import { beforeAll, describe, expect, it } from 'vitest';
import { SYSTEMS } from '../charts/systems.ts';
import { todoAwsPlatform } from '../charts/todo/aws-msk.ts';
import { trafficAwsPlatform } from '../charts/traffic/aws-msk.ts';
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

/** What is said of a system that a stack deploys. */
interface Case {
  readonly system: string;
  readonly declare: typeof todoAwsPlatform;
  readonly stores: readonly string[];
  /** Logins of the database: those of apps, the dead-letter processor, KEDA and the owner. */
  readonly logins: number;
  /** Values that are generated for it, by Secret. */
  readonly secrets: Readonly<Record<string, object>>;
  /** What ports are forwarded to: on AWS, and locally. */
  readonly reached: readonly string[];
  readonly pages: readonly string[];
}

const TODO: Case = {
  ...{ system: 'todo', declare: todoAwsPlatform },
  stores: ['task-cache', 'notification-cache'],
  logins: 11 + 3,
  secrets: {
    'todo-webhooks': { targets: '[]', key: 'made for todo/todo-webhooks/key' },
    'personal-data-keys': { current: 'made for todo/personal-data-keys/current' },
  },
  reached: ['todo-web 8080:80'],
  pages: ['jaeger 16686', 'mail-sink 8025'],
};
const TRAFFIC: Case = {
  ...{ system: 'traffic', declare: trafficAwsPlatform },
  stores: ['route-cache'],
  logins: 7 + 3,
  secrets: { 'traffic-webhooks': { key: 'made for traffic/traffic-webhooks/key' } },
  reached: ['traffic-api 8080:80', 'traffic-gateway 8081:80'],
  pages: ['jaeger 16686'],
};
/** Each alone, and beside another one. */
const CASES = [
  { ...TODO, systems: 'todo' },
  { ...TODO, systems: 'tasks,todo' },
  { ...TRAFFIC, systems: 'traffic' },
  { ...TRAFFIC, systems: 'todo,traffic' },
];

/** Images of systems, each once. */
function imagesOf(systems: string): string[] {
  const all = systems.split(',').flatMap((system) => Object.keys(SYSTEMS[system]!.images));
  return [...new Set(all)].sort();
}

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

describe.each(CASES)('$system on AWS, of $systems', (each) => {
  const { system, systems, declare } = each;
  let recording: Awaited<ReturnType<typeof deployAws>>;
  beforeAll(async () => {
    recording = await deployAws(systems);
  });

  it('has a resource for each object of its dist/aws-msk, and no placeholder in any', () => {
    const { resources } = recording;
    const rendered = renderObjects(declare().platform).map(({ manifest }) =>
      resourceName(manifest),
    );
    expect(resources.map(({ name }) => name)).toEqual(expect.arrayContaining(rendered));
    expect(JSON.stringify(resources)).not.toContain('placeholder.invalid');
  });

  it('has one cache, with its token and its address where sidecars connect', () => {
    const cache = recording.only(CACHE, `aws-msk-${system}-cache`);
    for (const store of each.stores) {
      const { inputs } = recording.only(COMPONENT, `Component/${system}/${store}`);
      const { metadata } = inputs.spec as { metadata: object[] };
      expect(metadata).toEqual(
        expect.arrayContaining([
          { name: 'redisHost', value: `aws-msk-${system}-cache.cache.example:6379` },
          { name: 'enableTLS', value: 'true' },
          {
            name: 'redisPassword',
            secretKeyRef: { name: 'redis-credentials', key: 'password' },
          },
        ]),
      );
    }
    const token = recording.only(VERSION, `aws-msk-${system}-redis-credentials`);
    expect(secretsIn(token)).toEqual({ password: `made for aws-msk-${system}-cache` });
    expect(cache.inputs.authToken).toBe(`made for aws-msk-${system}-cache`);
    const rule = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';
    const open = recording.ofType(rule).filter(({ inputs }) => inputs.fromPort === 6379);
    expect(open.map(({ inputs }) => inputs.referencedSecurityGroupId)).toEqual(
      recording.ofType(CACHE).map(() => 'sg-nodes'),
    );
  });

  it('waits for the cache before apps start', () => {
    const platform = recording.only(
      'event-platform:kubernetes:PlatformObjects',
      `${system}-platform`,
    );
    const namespace = recording.only('kubernetes:core/v1:Namespace', `Namespace/${system}`);
    expect([...platform.dependencies, ...namespace.dependencies]).toContain(
      recording.only(CACHE, `aws-msk-${system}-cache`).urn,
    );
  });

  it('has a database of its own, where every app logs in as another role', () => {
    const databases = recording.ofType(DATABASE).map(({ name }) => name);
    expect(databases).toEqual(
      systems
        .split(',')
        .map((name) => (name === 'tasks' ? 'aws-msk-database' : `aws-msk-${name}-database`)),
    );
    const { inputs } = recording.only(DEPLOYMENT, `Deployment/${system}/${system}-api`);
    expect(JSON.stringify(inputs)).toContain(
      `{"name":"PGHOST","value":"aws-msk-${system}-database.db.example"}`,
    );
    const logins = recording
      .ofType(VERSION)
      .filter(({ name }) => name.startsWith(`aws-msk-${system}-`))
      .map((version) => secretsIn(version).username)
      .filter((username) => username?.startsWith('event_platform'));
    expect(new Set(logins).size).toBe(each.logins);
    expect(logins).toHaveLength(each.logins);
    const owner = recording.only(VERSION, `aws-msk-${system}-postgres-credentials`);
    expect(secretsIn(owner).password).toBe(`made for aws-msk-${system}-database`);
  });

  it('has every Secret of the platform, with keys of personal data and of webhooks', () => {
    const secrets = recording
      .ofType('kubernetes:external-secrets.io/v1:ExternalSecret')
      .map(({ name }) => name);
    const names = declare().platform.secrets.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(each.secrets)));
    expect(secrets).toEqual(
      expect.arrayContaining(names.map((name) => `ExternalSecret/${system}/${name}`)),
    );
    for (const [name, made] of Object.entries(each.secrets)) {
      const version = recording.only(VERSION, `aws-msk-${system}-${name}`);
      expect(secretsIn(version)).toMatchObject(made);
    }
    expect(recording.ofType('kubernetes:core/v1:Secret')).toEqual([]);
  });

  it('gives each app the rights of its grants, and its ServiceAccount its identity', () => {
    const { broker } = declare();
    const named = (client: string) =>
      recording
        .ofType(POLICY)
        .filter(({ name }) => name === `aws-msk-${system}-kafka-${client}`)
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
      expect(group, client).toMatch(new RegExp(`^${system}\\.`));
    }
    const accounts = recording
      .ofType('aws:eks/podIdentityAssociation:PodIdentityAssociation')
      .map(({ inputs }) => `${String(inputs.namespace)}/${String(inputs.serviceAccount)}`);
    const rendered = recording
      .ofType('kubernetes:core/v1:ServiceAccount')
      .map(({ name }) => name.replace('ServiceAccount/', ''));
    // An app without events has nothing to do with the broker.
    const strangers = rendered.filter((account) => !accounts.includes(account));
    expect(strangers).toEqual(systems.includes('traffic') ? ['traffic/traffic-gateway'] : []);
    expect(accounts.filter((account) => account === 'keda/keda-operator')).toHaveLength(1);
  });

  it('has each image built once, and runs it by its digest', () => {
    const built = recording.ofType(IMAGE).map(({ name }) => name);
    expect(built.sort()).toEqual(imagesOf(systems));
    for (const image of imagesOf(system)) {
      const inputs = recording.only(DEPLOYMENT, `Deployment/${system}/${image}`).inputs;
      expect(JSON.stringify(inputs), image).toMatch(
        new RegExp(`"image":"[^"]+/${image}:1\\.2\\.3@sha256:abc"`),
      );
    }
  });

  it('says where the database and the cache are, and how to reach it', () => {
    const said = recording.result.systems as Record<string, object>;
    expect(said).toMatchObject({
      [system]: {
        namespace: system,
        reachIt: [
          expect.anything(),
          ...each.reached.map((service) => `kubectl -n ${system} port-forward service/${service}`),
        ],
      },
    });
    expect(Object.keys(said[system]!)).toContain('cacheHost');
    expect(said.tasks ?? {}).not.toHaveProperty('cacheHost');
  });
});

describe('systems with a cache on AWS', () => {
  it.each([
    ['todo', ['todo-cache-invalidator', 'todo-onboarding', 'todo-sync']],
    ['traffic', ['traffic-cache-invalidator', 'traffic-prober', 'traffic-sync']],
  ])(
    'have consumers of %s prefer spot nodes, and none that answer requests',
    async (system, apps) => {
      const preferring = (await deployAws(system))
        .ofType(DEPLOYMENT)
        .filter(({ inputs }) => JSON.stringify(inputs).includes('"values":["SPOT"]'));
      expect(preferring.map(last).sort()).toEqual(apps);
    },
  );

  it('take a cache that the task platform is made without', async () => {
    expect((await deployAws('tasks')).ofType(CACHE)).toEqual([]);
  });

  it.each(['tasks,todo', 'tasks,traffic'])('fit into the smallest size: %s', async (systems) => {
    const { ofType } = await deployAws(systems, { size: 'dev' });
    expect(ofType(DATABASE)).toHaveLength(2);
  });

  it('are refused with names that are too long with its own, before anything is made', async () => {
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

describe.each(CASES)('$system on kind, of $systems', (each) => {
  const { system, systems } = each;
  let recording: Awaited<ReturnType<typeof deployLocal>>;
  beforeAll(async () => {
    recording = await deployLocal(systems);
  });

  it('has a resource for each object of its dist/local', () => {
    const { resources } = recording;
    const rendered = renderObjects(SYSTEMS[system]!.environments.local!()).map(({ manifest }) =>
      resourceName(manifest),
    );
    expect(resources.map(({ name }) => name)).toEqual(expect.arrayContaining(rendered));
    expect(JSON.stringify(resources)).not.toContain('placeholder.invalid');
  });

  it('has each image built and loaded once, under a name that changes with it', () => {
    const built = recording.ofType(IMAGE).map(({ name }) => name);
    expect(built.sort()).toEqual(imagesOf(systems));
    for (const image of imagesOf(system)) {
      const { inputs, dependencies } = recording.only(DEPLOYMENT, `Deployment/${system}/${image}`);
      expect(JSON.stringify(inputs), image).toContain(`"image":"${image}:0123456789ab"`);
      expect(dependencies).toContain(recording.only('command:local:Command', `${image}-load`).urn);
    }
  });

  it('has a Secret for each that the platform refers to, with passwords of their own', () => {
    const secrets = recording.ofType('kubernetes:core/v1:Secret').map(({ name }) => name);
    const { secrets: references } = SYSTEMS[system]!.environments.local!();
    expect(secrets).toEqual(
      expect.arrayContaining(references.map(({ name }) => `Secret/${system}/${name}`)),
    );
    const passwords = recording
      .ofType('random:index/randomPassword:RandomPassword')
      .map(({ name }) => name);
    expect(passwords).toContain(`${system}/dead-letter-processor-postgres/password`);
    expect(passwords.includes('dead-letter-processor-postgres/password')).toBe(
      systems.includes('tasks'),
    );
  });

  it('says how to reach it', () => {
    const { systems: said } = recording.result;
    expect(said).toMatchObject({
      [system]: {
        namespace: system,
        reachIt: [
          'kind export kubeconfig --name event-platform',
          ...[...each.reached, ...each.pages].map(
            (page) =>
              `kubectl --context kind-event-platform -n ${system} port-forward service/${page}`,
          ),
        ],
      },
    });
  });
});
