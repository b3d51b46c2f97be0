import { Lazy, type Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { ConfigFiles, textFiles } from '../../platform/config-files.ts';
import { HashedJob } from '../../platform/hashed-job.ts';
import { commonLabels } from '../../core/names.ts';
import { resources } from '../../core/quantities.ts';
import { type NetworkPeer, WorkloadNetworkPolicy } from '../../security/network-policies.ts';
import { restrictedPod } from '../../security/pod-security.ts';

/** Properties of {@link ProvisioningJob}. */
export interface ProvisioningJobProps {
  /** Name of the Job, in front of its hash. */
  readonly name: string;
  /** Image with a shell and the tools that the script calls. */
  readonly image: string;
  /** Numeric user that it runs as. */
  readonly user: number;
  /** Runs the script, which ends at the first command that fails. @default '/bin/bash' */
  readonly shell?: '/bin/bash' | '/bin/sh';
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

/** Where the pod has the script. */
const SCRIPT_FOLDER = '/etc/provisioning';

/** Shell that puts the parts of the script together, which may be larger than a ConfigMap, and runs it. */
function start(shell: string): string {
  return `script="\${TMPDIR:-/tmp}/provisioning.sh"
cat "\${SCRIPT_FOLDER:-${SCRIPT_FOLDER}}"/*.sh > "$script"
exec ${shell} -e "$script"
`;
}

/** A Job that brings a broker to what is declared; another declaration is another Job. */
export class ProvisioningJob extends Construct {
  /** The generated Job. */
  public readonly job: HashedJob;
  /** The files with the script. */
  public readonly script: ConfigFiles;

  public constructor(scope: Construct, id: string, props: ProvisioningJobProps) {
    super(scope, id);
    const { name, shell = '/bin/bash' } = props;
    const labels = commonLabels(name, 'provisioning');
    this.script = new ConfigFiles(this, 'script', {
      name,
      labels,
      files: () => textFiles(props.script(), '.sh'),
    });
    this.job = new HashedJob(this, 'job', {
      metadata: { name, labels },
      spec: {
        backoffLimit: 6,
        template: {
          metadata: {
            labels,
            annotations: Lazy.any({
              produce: () => ({ 'event-platform/script-hash': this.script.hash() }),
            }) as Record<string, string>,
          },
          spec: restrictedPod(props.user, {
            restartPolicy: 'OnFailure',
            containers: [
              {
                name: 'provisioning',
                image: props.image,
                command: [shell, '-ec'],
                args: [start(shell)],
                env: Lazy.any({ produce: () => [...(props.env?.() ?? [])] }) as k8s.EnvVar[],
                resources: resources({
                  cpuRequest: '100m',
                  memoryRequest: props.memory.request,
                  memoryLimit: props.memory.limit,
                }),
                volumeMounts: [
                  { name: 'tmp', mountPath: '/tmp' },
                  { name: 'script', mountPath: SCRIPT_FOLDER, readOnly: true },
                  ...(props.mounts ?? []),
                ],
              },
            ],
            volumes: [
              { name: 'tmp', emptyDir: {} },
              this.script.volume('script'),
              ...(props.volumes ?? []),
            ],
          }),
        },
      },
    });
    this.job.addDependency(this.script.configMap);
    new WorkloadNetworkPolicy(this, 'network', { name, workload: name, egress: [props.peer] });
  }
}
