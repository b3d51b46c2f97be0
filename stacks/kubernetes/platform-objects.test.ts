import { App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import * as kubernetes from '@pulumi/kubernetes/provider.js';
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { taskPlatform } from '../../charts/tasks/task-platform.ts';
import {
  Environment,
  EventPlatform,
  Layer,
  renderObjects,
  SecretValue,
} from 'cdk8s-event-platform';
import { manyConsumers } from '../../constructs/testing/many-consumers.ts';
import { ANSWERS } from '../testing/answers.ts';
import { type RecordedResource, type Recording, record } from '../testing/recording.ts';
import { generatedSecret } from './generated-secret.ts';
import { resourceName } from './kubernetes-object.ts';
import { PlatformObjects, type PlatformObjectsArgs } from './platform-objects.ts';

function deploy(
  platform: EventPlatform,
  args: Partial<PlatformObjectsArgs> = {},
): Promise<Recording<PlatformObjects>> {
  return record(
    () =>
      new PlatformObjects(
        'test',
        { platform, secret: generatedSecret(), ...args },
        { provider: new kubernetes.Provider('cluster') },
      ),
    ANSWERS,
  );
}

/** An empty platform in the namespace `event-driven`. */
function empty(): EventPlatform {
  return new EventPlatform(new App(), 'platform', { environment: Environment.local() });
}

function configMap(scope: Construct, name: string, data: Record<string, string> = {}) {
  return new k8s.KubeConfigMap(scope, name, { metadata: { name }, data });
}

function named({ resources }: Recording<unknown>): Map<string, RecordedResource> {
  return new Map(
    resources
      .filter(({ type }) => type.startsWith('kubernetes:'))
      .map((resource) => [resource.name, resource]),
  );
}

/** Finds all that a resource waits for, by way of what is between and above. */
function reachable({ resources }: Recording<unknown>): (urn: string) => ReadonlySet<string> {
  const next = new Map(
    resources.map(({ urn, dependencies, parent }) => [urn, [...dependencies, parent]]),
  );
  return (start) => {
    // A set that grows is iterated to its new end.
    const found = new Set(next.get(start));
    for (const urn of found) {
      next.get(urn)?.forEach((other) => found.add(other));
    }
    return found;
  };
}

describe('PlatformObjects', () => {
  it('gives Secrets of one name in two namespaces passwords of their own', async () => {
    const { ofType } = await record(() => {
      for (const namespace of ['blue', 'green']) {
        const environment = Environment.local({ namespace });
        const platform = new EventPlatform(new App(), namespace, { environment });
        platform.addSecret({ name: 'login', keys: { password: SecretValue.random() } });
        new PlatformObjects(
          namespace,
          { platform, secret: generatedSecret() },
          { provider: new kubernetes.Provider(namespace) },
        );
      }
    }, ANSWERS);
    expect(ofType('random:index/randomPassword:RandomPassword').map(({ name }) => name)).toEqual([
      'blue/login/password',
      'green/login/password',
    ]);
  });

  it('has one resource for each object of the task platform, and each a URN of its own', async () => {
    const platform = taskPlatform(Environment.local());
    const recording = await deploy(platform);
    const rendered = renderObjects(platform).map(({ manifest }) => resourceName(manifest));
    const secrets = platform.secrets.map(({ name }) => `Secret/event-driven/${name}`);
    const resources = named(recording);
    expect([...resources.keys()].sort()).toEqual([...rendered, ...secrets].sort());
    expect(new Set(recording.resources.map(({ urn }) => urn)).size).toBe(
      recording.resources.length,
    );
    expect([...recording.result.objects.keys()].sort()).toEqual(rendered.sort());
    expect(resources.get('Deployment/event-driven/task-processor')?.type).toBe(
      'kubernetes:apps/v1:Deployment',
    );
    expect(resources.get('Namespace/event-driven')?.type).toBe('kubernetes:core/v1:Namespace');
  });

  it('registers each object as it is rendered', async () => {
    const platform = taskPlatform(Environment.local());
    const resources = named(await deploy(platform));
    for (const { manifest } of renderObjects(platform)) {
      expect(resources.get(resourceName(manifest))?.inputs).toEqual(manifest);
    }
  });

  it('has every object follow the namespace, the Secrets, and all objects of earlier layers', async () => {
    const platform = taskPlatform(Environment.local());
    const recording = await deploy(platform);
    const resources = named(recording);
    const before = reachable(recording);
    const namespace = resources.get('Namespace/event-driven')!;
    const objects = renderObjects(platform);
    expect(namespace.dependencies).toEqual([]);
    for (const { manifest, layer } of objects) {
      const found = before(resources.get(resourceName(manifest))!.urn);
      const earlier = objects
        .filter((other) => other.layer < layer)
        .map((other) => resources.get(resourceName(other.manifest))!.urn);
      expect([...found]).toEqual(expect.arrayContaining(earlier));
      if (manifest.kind !== 'Namespace') {
        expect(found).toContain(namespace.urn);
      }
      if (layer !== Layer.NAMESPACE) {
        const secret = resources.get('Secret/event-driven/postgres-credentials')!;
        expect(found).toContain(secret.urn);
        expect(secret.dependencies).toContain(namespace.urn);
      }
    }
  });

  it('has a component for each layer, and no other resource of its own', async () => {
    const { resources } = await deploy(taskPlatform(Environment.local()));
    const own = resources.filter(({ type }) => type.startsWith('event-platform:'));
    expect(own.map(({ name }) => name).sort()).toEqual([
      'test',
      ...Object.values(Layer).map((layer) => `test/${layer}`),
    ]);
  });

  it('names as many more dependencies for ten more consumers as for the ten before', async () => {
    const counts: number[] = [];
    for (const consumers of [10, 20, 30]) {
      const given = { 'postgres-credentials.password': 'open sesame' };
      const { resources } = await deploy(manyConsumers(consumers), {
        secret: generatedSecret(given),
      });
      counts.push(resources.reduce((sum, { dependencies }) => sum + dependencies.length, 0));
    }
    const [ten, twenty, thirty] = counts as [number, number, number];
    expect(twenty - ten).toBeGreaterThan(0);
    expect(thirty - twenty).toBe(twenty - ten);
  });

  it('has an object follow what its construct, or one above it, depends on', async () => {
    const platform = empty();
    const group = new Construct(platform, 'group');
    const late = configMap(group, 'late');
    const [first, second] = [configMap(platform, 'first'), configMap(platform, 'second')];
    group.node.addDependency(first);
    late.addDependency(second);
    const resources = named(await deploy(platform));
    expect(resources.get('ConfigMap/event-driven/late')?.dependencies).toEqual(
      expect.arrayContaining(
        ['first', 'second'].map((name) => resources.get(`ConfigMap/event-driven/${name}`)!.urn),
      ),
    );
    expect(resources.get('ConfigMap/event-driven/first')?.dependencies).not.toContain(
      resources.get('ConfigMap/event-driven/second')!.urn,
    );
  });

  it('refuses objects that wait for each other before it registers any', async () => {
    const platform = empty();
    const [first, second] = [configMap(platform, 'first'), configMap(platform, 'second')];
    first.addDependency(second);
    second.addDependency(first);
    await expect(deploy(platform)).rejects.toThrow(
      'objects wait for each other: ConfigMap/event-driven/first → ConfigMap/event-driven/second → ConfigMap/event-driven/first; remove one of these dependencies',
    );
  });

  it('keeps its names when a construct is moved in the code', async () => {
    const flat = empty();
    configMap(flat, 'settings');
    const nested = empty();
    configMap(new Construct(new Construct(nested, 'some'), 'where'), 'settings');
    const urns = async (platform: EventPlatform) =>
      (await deploy(platform)).resources.map(({ urn }) => urn);
    expect(await urns(nested)).toEqual(await urns(flat));
  });

  it('puts values where placeholders are, and keeps secret what is', async () => {
    const platform = empty();
    configMap(platform, 'settings', {
      servers: 'b-1.placeholder.invalid:9098,b-2.placeholder.invalid:9098',
      login: 'host=db.placeholder.invalid port=5432',
      plain: 'as it was',
    });
    const values = new Map<string, pulumi.Input<string>>([
      ['b-1.placeholder.invalid:9098', pulumi.output('one:9098')],
      ['b-2.placeholder.invalid:9098', 'two:9098'],
      ['db.placeholder.invalid', pulumi.secret('db.internal')],
    ]);
    const settings = named(await deploy(platform, { values })).get(
      'ConfigMap/event-driven/settings',
    );
    expect(settings?.inputs.data).toEqual({
      servers: 'one:9098,two:9098',
      login: 'host=db.internal port=5432',
      plain: 'as it was',
    });
    expect(settings?.secrets).toEqual(['data.login']);
  });

  it('refuses a placeholder without a value before it registers anything', async () => {
    const platform = empty();
    configMap(platform, 'settings', { host: 'host=db.placeholder.invalid port=5432' });
    await expect(deploy(platform)).rejects.toThrow(
      "nothing is known to stand for 'db.placeholder.invalid' in 'host=db.placeholder.invalid port=5432'",
    );
  });

  it('makes Secrets with passwords that stay secret', async () => {
    const platform = empty();
    platform.addSecret({
      name: 'login',
      keys: {
        username: SecretValue.literal('app'),
        password: SecretValue.random(),
        token: SecretValue.external('token of the service'),
        url: SecretValue.template('db://${username}:${password}@host'),
      },
    });
    const given = { 'login.token': pulumi.secret('given') };
    const recording = await deploy(platform, { secret: generatedSecret(given) });
    const secret = recording.only('kubernetes:core/v1:Secret');
    expect(secret.name).toBe('Secret/event-driven/login');
    expect(secret.inputs.stringData).toEqual({
      username: 'app',
      password: 'open-sesame',
      token: 'given',
      url: 'db://app:open-sesame@host',
    });
    expect([...secret.secrets].sort()).toEqual([
      'stringData.password',
      'stringData.token',
      'stringData.url',
      'stringData.username',
    ]);
    await expect(deploy(platform)).rejects.toThrow(
      "values of the Secret 'login' that only you know are missing: 'login.token' (token of the service)",
    );
  });

  it('creates Secrets before everything else in a namespace that exists already', async () => {
    const platform = new EventPlatform(new App(), 'platform', {
      environment: Environment.local(),
      createNamespace: false,
    });
    platform.addSecret({ name: 'login', keys: { password: SecretValue.random() } });
    configMap(platform, 'settings');
    const recording = await deploy(platform);
    const resources = named(recording);
    expect(resources.has('Namespace/event-driven')).toBe(false);
    const secret = resources.get('Secret/event-driven/login')!;
    const settings = resources.get('ConfigMap/event-driven/settings')!;
    expect(reachable(recording)(settings.urn)).toContain(secret.urn);
  });

  it('registers nothing of a platform that cannot work', async () => {
    const platform = empty();
    platform.node.addValidation({ validate: () => ['this cannot work'] });
    await expect(deploy(platform)).rejects.toThrow('this cannot work');
  });

  it('leaves objects outside of namespaces without one in their names', async () => {
    const platform = empty();
    const chart = new Chart(platform, 'cluster', { disableResourceNameHashes: true });
    new k8s.KubeClusterRole(chart, 'role', { metadata: { name: 'reader' } });
    expect([...named(await deploy(platform)).keys()]).toContain('ClusterRole/reader');
  });
});
