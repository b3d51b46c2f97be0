import { KAFKA_USER } from '../kafka-protocol/kafka-image.ts';
import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { NetworkPeer } from '../../security/network-policies.ts';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import type { GroupStart } from '../../messaging/topic-policies.ts';
import { ProvisioningJob } from '../parts/provisioning-job.ts';
import { accessScript, ADMIN_LOGIN, passwordVariable } from './access-script.ts';
import { TLS_PATH } from './kafka-certificates.ts';
import type { KafkaClients } from './kafka-clients.ts';
import { topicScript } from '../kafka-protocol/topic-script.ts';

/** Properties of {@link KafkaProvisioning}. */
export interface KafkaProvisioningProps {
  /** Name of the Job, in front of its hash. */
  readonly name: string;
  /** Where the brokers are. */
  readonly peer: NetworkPeer;
  /** `host:port` of the brokers. */
  readonly bootstrapServers: string;
  /** Image with Kafka's tools in `/opt/kafka/bin`. */
  readonly image: string;
  /** Secret with the administrator's certificate. @default - nobody has to log in */
  readonly certificate: string | undefined;
  /** Called when everything is declared. */
  readonly topics: () => readonly TopicSpec[];
  /** Where consumer groups that are new start; called when everything is declared. */
  readonly starts: () => readonly GroupStart[];
  /** Users and their rights, where there are any. */
  readonly clients: Pick<KafkaClients, 'access' | 'accounts'>;
}

/** A Job that brings topics, users and rights to their declared state. */
export class KafkaProvisioning extends ProvisioningJob {
  public constructor(scope: Construct, id: string, props: KafkaProvisioningProps) {
    const { bootstrapServers, certificate } = props;
    const { access, accounts } = props.clients;
    const passwords = (): k8s.EnvVar[] =>
      access.users.map((user) => ({
        name: passwordVariable(user),
        valueFrom: { secretKeyRef: { name: accounts.of(user).name, key: 'password' } },
      }));
    super(scope, id, {
      name: props.name,
      image: props.image,
      user: KAFKA_USER,
      script: () =>
        certificate === undefined
          ? topicScript(bootstrapServers, props.topics(), undefined, props.starts())
          : topicScript(bootstrapServers, props.topics(), ADMIN_LOGIN, props.starts()) +
            accessScript(access.users, access.rules),
      env: () => [
        { name: 'KAFKA_HEAP_OPTS', value: '-Xmx128m' },
        { name: 'LOG_DIR', value: '/tmp' },
        ...(certificate === undefined ? [] : passwords()),
      ],
      memory: { request: Size.mebibytes(256), limit: Size.mebibytes(384) },
      peer: props.peer,
      ...(certificate !== undefined && {
        volumes: [{ name: 'tls', secret: { secretName: certificate, defaultMode: 0o440 } }],
        mounts: [{ name: 'tls', mountPath: TLS_PATH, readOnly: true }],
      }),
    });
  }
}
