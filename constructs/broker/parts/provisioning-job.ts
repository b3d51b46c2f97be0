import { Lazy, type Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { HashedJob } from '../../core/hashed-job.ts';
import { commonLabels } from '../../core/names.ts';
import { resources } from '../../core/quantities.ts';
import { type NetworkPeer, WorkloadNetworkPolicy } from '../../security/network-policies.ts';
import { RESTRICTED_CONTAINER, restrictedPod } from '../../security/pod-security.ts';

/** Properties of {@link ProvisioningJob}. */
export interface ProvisioningJobProps {
  /** Name of the Job, in front of its hash. */
  readonly name: string;
  /** Image with a shell and the tools that the script calls. */
  readonly image: string;
  /** Numeric user that it runs as. */
  readonly user: number;
  /** Shell with options in front of the script. @default ['/bin/bash', '-ec'] */
  readonly shell?: readonly string[];
  /** What it runs; running it again changes nothing. Asked for when everything is declared. */
  readonly script: () => string;
  /** Asked for when everything is declared. @default - none */
  readonly env?: () => readonly k8s.EnvVar[];
  readonly memory: { readonly request: Size; readonly limit: Size };
  /** Where the brokers are. */
  readonly peer: NetworkPeer;
  /** Further volumes and where they are mounted. @default - none */
  readonly volumes?: readonly k8s.Volume[];
  readonly mounts?: readonly k8s.VolumeMount[];
}

/** A Job that brings a broker to what is declared; another declaration is another Job. */
export class ProvisioningJob extends Construct {
  /** The generated Job. */
  public readonly job: HashedJob;

  public constructor(scope: Construct, id: string, props: ProvisioningJobProps) {
    super(scope, id);
    const { name } = props;
    const labels = commonLabels(name, 'provisioning');
    this.job = new HashedJob(this, 'job', {
      metadata: { name, labels },
      spec: {
        backoffLimit: 6,
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            restartPolicy: 'OnFailure',
            securityContext: restrictedPod(props.user),
            containers: [
              {
                name: 'provisioning',
                image: props.image,
                command: [...(props.shell ?? ['/bin/bash', '-ec'])],
                args: Lazy.any({ produce: () => [props.script()] }) as string[],
                env: Lazy.any({ produce: () => [...(props.env?.() ?? [])] }) as k8s.EnvVar[],
                resources: resources({
                  cpuRequest: '100m',
                  memoryRequest: props.memory.request,
                  memoryLimit: props.memory.limit,
                }),
                securityContext: RESTRICTED_CONTAINER,
                volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }, ...(props.mounts ?? [])],
              },
            ],
            volumes: [{ name: 'tmp', emptyDir: {} }, ...(props.volumes ?? [])],
          },
        },
      },
    });
    new WorkloadNetworkPolicy(this, 'network', { name, workload: name, egress: [props.peer] });
  }
}
