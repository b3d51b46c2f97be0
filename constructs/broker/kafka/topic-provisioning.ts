import { Lazy, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { HashedJob } from '../../core/hashed-job.ts';
import { commonLabels } from '../../core/names.ts';
import { resources } from '../../core/quantities.ts';
import { type NetworkPeer, WorkloadNetworkPolicy } from '../../security/network-policies.ts';
import { RESTRICTED_CONTAINER, restrictedPod } from '../../security/pod-security.ts';
import type { TopicSpec } from '../message-broker.ts';
import { KAFKA_USER } from './kafka-nodes.ts';
import { topicScript } from './topic-script.ts';

/** Properties of {@link TopicProvisioning}. */
export interface TopicProvisioningProps {
  /** Name of the Job, in front of its hash. */
  readonly name: string;
  /** Where the brokers are. */
  readonly peer: NetworkPeer;
  /** `host:port` of the brokers. */
  readonly bootstrapServers: string;
  /** Image with Kafka's tools in `/opt/kafka/bin`. */
  readonly image: string;
  /** Called when everything is declared. */
  readonly topics: () => readonly TopicSpec[];
}

/** A Job that brings topics to their declared state; another set of topics is another Job. */
export class TopicProvisioning extends Construct {
  /** The generated Job. */
  public readonly job: HashedJob;

  public constructor(scope: Construct, id: string, props: TopicProvisioningProps) {
    super(scope, id);
    const labels = commonLabels(props.name, 'provisioning');
    this.job = new HashedJob(this, 'job', {
      metadata: { name: props.name, labels },
      spec: {
        backoffLimit: 6,
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            restartPolicy: 'OnFailure',
            securityContext: restrictedPod(KAFKA_USER),
            containers: [
              {
                name: 'topics',
                image: props.image,
                command: ['/bin/bash', '-ec'],
                args: Lazy.any({
                  produce: () => [topicScript(props.bootstrapServers, props.topics())],
                }) as string[],
                env: [
                  { name: 'KAFKA_HEAP_OPTS', value: '-Xmx128m' },
                  { name: 'LOG_DIR', value: '/tmp' },
                ],
                resources: resources({
                  cpuRequest: '100m',
                  memoryRequest: Size.mebibytes(256),
                  memoryLimit: Size.mebibytes(384),
                }),
                securityContext: RESTRICTED_CONTAINER,
                volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
              },
            ],
            volumes: [{ name: 'tmp', emptyDir: {} }],
          },
        },
      },
    });
    new WorkloadNetworkPolicy(this, 'network', {
      name: props.name,
      workload: props.name,
      egress: [props.peer],
    });
  }
}
