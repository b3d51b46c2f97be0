import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import type { NetworkPeer } from '../../security/network-policies.ts';
import type { TopicSpec } from '../message-broker.ts';
import { ProvisioningJob } from '../parts/provisioning-job.ts';
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

/** A Job that brings topics to their declared state. */
export class TopicProvisioning extends ProvisioningJob {
  public constructor(scope: Construct, id: string, props: TopicProvisioningProps) {
    super(scope, id, {
      name: props.name,
      image: props.image,
      user: KAFKA_USER,
      script: () => topicScript(props.bootstrapServers, props.topics()),
      env: () => [
        { name: 'KAFKA_HEAP_OPTS', value: '-Xmx128m' },
        { name: 'LOG_DIR', value: '/tmp' },
      ],
      memory: { request: Size.mebibytes(256), limit: Size.mebibytes(384) },
      peer: props.peer,
    });
  }
}
