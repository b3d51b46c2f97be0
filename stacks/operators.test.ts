// No cluster and no Helm repository take part: the recorder shows what they are asked for.
import { Provider } from '@pulumi/kubernetes/provider.js';
import { describe, expect, it } from 'vitest';
import { type OperatorName, Operators, type OperatorsArgs } from './operators.ts';
import { ANSWERS } from './testing/answers.ts';
import { record, type RecordedResource } from './testing/recording.ts';

const RELEASE = 'kubernetes:helm.sh/v3:Release';

async function releases(
  install: readonly OperatorName[],
  args: Omit<OperatorsArgs, 'install'> = {},
): Promise<ReadonlyMap<string, RecordedResource>> {
  const recording = await record(() => {
    const provider = new Provider('cluster');
    new Operators('operators', { install, ...args }, { provider });
    return Promise.resolve({});
  }, ANSWERS);
  return new Map(recording.ofType(RELEASE).map((resource) => [resource.name, resource]));
}

describe('Operators', () => {
  it('have Grafana find the dashboards of every namespace, in their folders', async () => {
    const found = await releases(['monitoring']);
    const { inputs, secrets } = found.get('kube-prometheus-stack')!;
    expect(inputs.values).toMatchObject({
      grafana: {
        adminPassword: 'open-sesame',
        sidecar: {
          dashboards: {
            searchNamespace: 'ALL',
            folderAnnotation: 'grafana_folder',
            provider: { foldersFromFilesStructure: true },
          },
        },
      },
    });
    expect(secrets).toContain('values.grafana.adminPassword');
  });

  it('have the metrics of KEDA and cert-manager scraped, once PodMonitors are defined', async () => {
    const found = await releases(['keda', 'monitoring', 'certificates']);
    const monitoring = found.get('kube-prometheus-stack')!;
    const keda = found.get('keda')!;
    expect(keda.inputs.values).toMatchObject({
      prometheus: { operator: { enabled: true, podMonitor: { enabled: true } } },
    });
    const certificates = found.get('cert-manager')!;
    expect(certificates.inputs.values).toMatchObject({
      prometheus: { enabled: true, podmonitor: { enabled: true } },
    });
    expect(keda.dependencies).toContain(monitoring.urn);
    expect(certificates.dependencies).toContain(monitoring.urn);
    expect(monitoring.dependencies).not.toContain(keda.urn);
  });

  it('ask for no PodMonitor where nobody follows it', async () => {
    const found = await releases(['keda', 'certificates']);
    for (const { inputs } of found.values()) {
      expect(inputs.values).not.toHaveProperty('prometheus');
    }
  });

  it('keep their own values beside those that are given, down to the single value', async () => {
    const found = await releases(['monitoring', 'keda'], {
      highAvailability: true,
      values: {
        monitoring: { grafana: { sidecar: { dashboards: { searchNamespace: 'mine' } } } },
        keda: { operator: { replicaCount: 3 }, list: [1] },
      },
    });
    expect(found.get('kube-prometheus-stack')!.inputs.values).toMatchObject({
      grafana: {
        adminPassword: 'open-sesame',
        sidecar: { dashboards: { searchNamespace: 'mine', folderAnnotation: 'grafana_folder' } },
      },
      prometheus: { prometheusSpec: { replicas: 2 } },
    });
    expect(found.get('keda')!.inputs.values).toMatchObject({
      operator: { replicaCount: 3 },
      metricsServer: { replicaCount: 2 },
      prometheus: { operator: { enabled: true } },
      list: [1],
    });
  });
});
