import { spawnSync } from 'node:child_process';
import { DAPR_VERSION } from '../../constructs/core/versions.ts';
import type { KubernetesObject } from '../../scripts/manifests.ts';
import type { Identity } from './client.ts';

const WORKLOADS: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'Job',
  'CronJob',
  'DaemonSet',
]);

/** A pod that does not exist yet. */
export interface Pod extends Identity {
  readonly spec: object;
}

/**
 * The pods that workloads would make. The server validates a template only when a pod is made of it,
 * which does not happen where no controller runs.
 */
export function podsOf(objects: readonly KubernetesObject[]): Pod[] {
  return objects
    .filter(({ kind }) => WORKLOADS.has(kind))
    .map(({ kind, metadata, spec }) => {
      const { volumeClaimTemplates = [] } = spec;
      const { template } = spec.jobTemplate?.spec ?? spec;
      const claims = volumeClaimTemplates.map((claim) => ({
        name: claim.metadata.name,
        persistentVolumeClaim: { claimName: `${claim.metadata.name}-${metadata.name}-0` },
      }));
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          ...template.metadata,
          // Controllers cut the names of pods, too.
          name: `${kind.toLowerCase()}-${metadata.name}`.slice(0, 63).replace(/-+$/, ''),
          ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
          labels: { ...template.metadata.labels, 'apps.kubernetes.io/pod-index': '0' },
        },
        spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] },
      };
    });
}

/** The pods with the sidecar of Dapr's own injector, where their annotations ask for one. */
export function withSidecars(inject: string, pods: readonly Pod[]): Pod[] {
  const result = spawnSync(inject, [DAPR_VERSION], {
    input: JSON.stringify(pods),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status !== 0) {
    throw new Error(`inject: ${result.stderr}`);
  }
  return JSON.parse(result.stdout) as Pod[];
}
