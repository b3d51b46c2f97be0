// Docker, kind and Helm repositories take no part: the recorder shows what they are asked for.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPERATORS } from '../operators.ts';
import { ANSWERS } from '../testing/answers.ts';
import { record, type RecordedResource } from '../testing/recording.ts';
import { program } from './index.ts';

const COMMAND = 'command:local:Command';
const RELEASE = 'kubernetes:helm.sh/v3:Release';

function deploy(config: Record<string, string> = {}) {
  return record(program, { config: { target: 'local', ...config }, stack: 'local', ...ANSWERS });
}

const PRESENT = {
  cluster: 'current',
  kubeContext: 'kind-mine',
  operators: 'present',
  images: 'present',
};

function imageOf({ inputs }: RecordedResource): string {
  const { spec } = inputs as {
    spec: { template: { spec: { containers: { image: string }[] } } };
  };
  return spec.template.spec.containers[0]!.image;
}

describe('the local stack', () => {
  it('makes a kind cluster, installs operators, builds images, and deploys into it', async () => {
    const recording = await deploy();
    const cluster = recording.only(COMMAND, 'kind-cluster');
    expect(cluster.inputs).toMatchObject({
      delete: 'kind delete cluster --name "$NAME"',
      environment: { NAME: 'event-platform' },
    });
    const provider = recording.only('pulumi:providers:kubernetes');
    expect(provider.inputs.kubeconfig).toBe('KUBECONFIG');
    expect(provider.secrets).toContain('kubeconfig');
    expect(provider.inputs).toMatchObject({
      enableServerSideApply: 'true',
      enableConfigMapMutable: 'true',
      enableSecretMutable: 'true',
    });
    expect(recording.ofType(RELEASE).map(({ name }) => name)).toEqual([
      'dapr',
      'keda',
      'kube-prometheus-stack',
    ]);
    expect(recording.ofType('docker-build:index:Image').map(({ name }) => name)).toEqual([
      'analytics-aggregator',
      'dead-letter-processor',
      'notification-sender',
      'producer',
      'task-processor',
    ]);
    const deployment = recording.only(
      'kubernetes:apps/v1:Deployment',
      'Deployment/event-driven/task-processor',
    );
    expect(imageOf(deployment)).toBe('task-processor:0123456789ab');
  });

  it('pins each operator, and has what did not come up taken back', async () => {
    const recording = await deploy();
    for (const { inputs } of recording.ofType(RELEASE)) {
      expect(inputs.version).toMatch(/^v?\d+\.\d+\.\d+$/);
      expect(inputs).toMatchObject({ atomic: true, createNamespace: true });
    }
    expect(recording.only(RELEASE, 'dapr').inputs).toMatchObject({
      version: OPERATORS.dapr.version,
      namespace: 'dapr-system',
      values: {
        dapr_sidecar_injector: { sidecarDropALLCapabilities: true },
        dapr_operator: { watchInterval: '1m' },
      },
    });
  });

  it('has operators there before the first object, and images before the Deployments', async () => {
    const recording = await deploy();
    const releases = recording.ofType(RELEASE).map(({ urn }) => urn);
    const namespace = recording.only('kubernetes:core/v1:Namespace');
    const objects = recording.only('event-platform:kubernetes:PlatformObjects');
    expect([...objects.dependencies, ...namespace.dependencies]).toEqual(
      expect.arrayContaining(releases),
    );
    expect(
      recording.only('kubernetes:apps/v1:Deployment', 'Deployment/event-driven/producer')
        .dependencies,
    ).toContain(recording.only(COMMAND, 'producer-load').urn);
  });

  it('uses what is there when it is told to', async () => {
    const recording = await deploy({
      ...PRESENT,
      imageRegistry: 'registry.example.com/team',
      imageTag: '1.2.3',
      namespace: 'events',
    });
    const types = new Set(recording.resources.map(({ type }) => type));
    for (const type of [COMMAND, RELEASE, 'docker-build:index:Image']) {
      expect(types).not.toContain(type);
    }
    expect(recording.only('pulumi:providers:kubernetes').inputs).toMatchObject({
      context: 'kind-mine',
    });
    expect(
      imageOf(recording.only('kubernetes:apps/v1:Deployment', 'Deployment/events/task-processor')),
    ).toBe('registry.example.com/team/task-processor:1.2.3');
  });

  it('names a kind cluster that it has not made, and makes none over it', async () => {
    const { create, environment } = (await deploy()).only(COMMAND, 'kind-cluster').inputs as {
      create: string;
      environment: Record<string, string>;
    };
    const folder = mkdtempSync(join(tmpdir(), 'kind-'));
    const made = join(folder, 'made');
    const writeProgram = (name: string, script: string) => {
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}`, { mode: 0o755 });
    };
    writeProgram('docker', '');
    writeProgram(
      'kind',
      `case $1 in get) echo other; echo "$OTHER" ;; create) : >'${made}' ;; esac`,
    );
    const run = (other: string) =>
      spawnSync('sh', ['-c', create], {
        encoding: 'utf8',
        env: { ...environment, OTHER: other, PATH: `${folder}:${process.env.PATH}` },
      });
    const refused = run('event-platform');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(
      /^a kind cluster 'event-platform' is there, .*: kind delete cluster --name event-platform$/m,
    );
    expect(existsSync(made)).toBe(false);
    expect(run('event-platform-2').status).toBe(0);
    expect(existsSync(made)).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it('has the path of the kubeconfig in the state, which later commands use', async () => {
    const before = process.env.KUBECONFIG;
    process.env.KUBECONFIG = '/somewhere/kubeconfig';
    try {
      const { inputs } = (await deploy(PRESENT)).only('pulumi:providers:kubernetes');
      expect(inputs.kubeconfig).toBe('/somewhere/kubeconfig');
    } finally {
      if (before === undefined) {
        delete process.env.KUBECONFIG;
      } else {
        process.env.KUBECONFIG = before;
      }
    }
  });

  it('keeps every password secret', async () => {
    const recording = await deploy(PRESENT);
    const secrets = recording.ofType('kubernetes:core/v1:Secret');
    expect(secrets.length).toBeGreaterThan(0);
    for (const { inputs, secrets: paths } of secrets) {
      expect([...paths].sort()).toEqual(
        Object.keys(inputs.stringData as object)
          .map((key) => `stringData.${key}`)
          .sort(),
      );
    }
  });

  it('says how to reach it', async () => {
    const reached = async (config?: Record<string, string>) =>
      ((await deploy(config)).result.systems as Record<string, object>).tasks;
    expect(await reached()).toEqual({
      namespace: 'event-driven',
      reachIt: [
        'kind export kubeconfig --name event-platform',
        'kubectl --context kind-event-platform -n event-driven port-forward service/producer 8080:80',
        expect.stringContaining('http://localhost:8080/tasks'),
        'kubectl --context kind-event-platform -n event-driven port-forward service/jaeger 16686',
        'kubectl --context kind-event-platform -n event-driven port-forward service/kafka-ui 8081:80',
        'kubectl --context kind-event-platform -n event-driven port-forward service/mail-sink 8025',
      ],
    });
    expect(await reached(PRESENT)).toMatchObject({
      reachIt: [
        'kubectl --context kind-mine -n event-driven port-forward service/producer 8080:80',
        expect.stringContaining('http://localhost:8080/tasks'),
        ...['jaeger 16686', 'kafka-ui 8081:80', 'mail-sink 8025'].map(
          (page) => `kubectl --context kind-mine -n event-driven port-forward service/${page}`,
        ),
      ],
    });
  });

  it.each([
    [{ kubeContext: 'kind-mine' }, "'kubeContext' belongs to cluster 'current'"],
    [{ cluster: 'current' }, "cluster 'current' needs a 'kubeContext'"],
    [{ cluster: 'current' }, "images 'build' loads images into the kind cluster"],
    [{ imageTag: '1' }, "'imageRegistry' and 'imageTag' belong to images 'present'"],
    [
      { cluster: 'minikube' },
      "'cluster' (whether a kind cluster is made, or the current one is used) is 'minikube': use kind or current",
    ],
    [{ namespace: 'Events' }, "'namespace' (namespace of the platform) is 'Events'"],
    [
      { operator: 'present' },
      "'operator' is not a setting of this stack: did you mean 'operators'?",
    ],
  ])('refuses %j before it registers anything', async (config, message) => {
    await expect(deploy(config as Record<string, string>)).rejects.toThrow(message);
  });
});
