import { KAFKA_USER } from '../kafka-protocol/kafka-image.ts';
import { accountEnv, authorityFile } from '../kafka-protocol/login-parts.ts';
import { JsonPatch, Lazy, Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { MetricSource } from '../../observability/metric-source.ts';
import { type NetworkPeer, WorkloadNetworkPolicy } from '../../security/network-policies.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import {
  renderServiceAccount,
  type ServiceAccountOptions,
} from '../../security/service-account.ts';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { BrokerExporter } from '../parts/broker-exporter.ts';
import type { GroupStart } from '../../messaging/topic-policies.ts';
import { ProvisioningJob } from '../parts/provisioning-job.ts';
import { commonLabels } from '../../core/names.ts';
import { DEFAULT_IMAGES } from '../../core/versions.ts';
import { AWS_IDENTITY, exporterLogin } from './external-clients.ts';
import type { KafkaLogin } from '../kafka-protocol/kafka-login.ts';
import { toolLogin } from '../kafka-protocol/tool-login.ts';
import { topicScript } from '../kafka-protocol/topic-script.ts';

/** What programs of ours need to reach a Kafka that somebody else runs. */
interface ExternalClientProps {
  /** Name of the workload. */
  readonly name: string;
  readonly login: KafkaLogin;
  /** Its account. @default - none */
  readonly account: SecretReference | undefined;
  /** Where the brokers are. */
  readonly peer: NetworkPeer;
  /** `host:port` of brokers. */
  readonly bootstrapServers: readonly string[];
  /** Called when everything is declared. */
  readonly topics: () => readonly TopicSpec[];
}

/** Properties of {@link ExternalTopics}. */
export interface ExternalTopicsProps extends ExternalClientProps {
  /** Image with Kafka's tools in `/opt/kafka/bin`. */
  readonly image: string;
  /** Where consumer groups that are new start; called when everything is declared. */
  readonly starts: () => readonly GroupStart[];
}

/**
 * A Job that brings topics of a Kafka that somebody else runs to their declared state. Its account
 * has to be allowed to create topics, and to describe and alter these; where consumers say where they start, also to
 * read their topics and groups; and before a topic with ordered contracts gets more partitions, to describe all groups.
 */
export class ExternalTopics extends ProvisioningJob {
  public constructor(scope: Construct, id: string, props: ExternalTopicsProps) {
    const file = authorityFile(props.login);
    super(scope, id, {
      name: props.name,
      image: props.image,
      user: KAFKA_USER,
      script: () =>
        topicScript(
          props.bootstrapServers.join(','),
          props.topics(),
          toolLogin(props.login),
          props.starts(),
        ),
      env: () => [
        { name: 'KAFKA_HEAP_OPTS', value: '-Xmx128m' },
        { name: 'LOG_DIR', value: '/tmp' },
        ...accountEnv(props.account),
      ],
      memory: { request: Size.mebibytes(256), limit: Size.mebibytes(384) },
      peer: props.peer,
      ...(file && { volumes: file.volumes, mounts: file.mounts }),
    });
  }
}

/** Properties of {@link ExternalExporter}. */
export interface ExternalExporterProps extends ExternalClientProps {
  /** What the consumer groups of the platform start with, in front of a dot. */
  readonly groupPrefix: string;
  /** Image of the exporter. @default - `DEFAULT_IMAGES.kafkaExporter` */
  readonly image?: string;
}

/** Topics and groups of a shared cluster that are not the platform's are none of its business. */
function only(names: readonly string[]): string {
  return names.map((name) => name.replaceAll('.', '\\.')).join('|');
}

/**
 * Consumer lag and topic offsets of the platform's groups and topics. Its account has to be allowed
 * to describe them.
 *
 * @see https://github.com/danielqsj/kafka_exporter
 */
export class ExternalExporter extends BrokerExporter {
  public constructor(scope: Construct, id: string, props: ExternalExporterProps) {
    const file = authorityFile(props.login);
    const topicFilter = Lazy.any({
      produce: () => `--topic.filter=^(${only(props.topics().map(({ name }) => name))})$`,
    }) as unknown as string;
    super(scope, id, {
      name: props.name,
      source: MetricSource.KAFKA_EXPORTER,
      image: props.image ?? DEFAULT_IMAGES.kafkaExporter,
      command: ['/bin/kafka_exporter'],
      args: [
        ...props.bootstrapServers.map((server) => `--kafka.server=${server}`),
        `--kafka.version=${props.login.version}`,
        ...exporterLogin(props.login),
        '--offset.show-all',
        `--group.filter=^${only([props.groupPrefix])}\\.`,
        topicFilter,
      ],
      env: accountEnv(props.account).map((variable) =>
        // The exporter takes the password from this variable, which keeps it off its command line.
        variable.name === 'BROKER_PASSWORD'
          ? { ...variable, name: 'SASL_USER_PASSWORD' }
          : variable,
      ),
      metricsPort: 9308,
      healthPath: '/healthz',
      peer: props.peer,
      ...(file && { volumes: file.volumes, mounts: file.mounts }),
    });
  }
}

/** What an exporter runs as. */
export interface ExporterIdentity {
  /** Name of the ServiceAccount. */
  readonly name: string;
  /** The generated ServiceAccount; undefined where it exists. */
  readonly serviceAccount: k8s.KubeServiceAccount | undefined;
}

/**
 * Runs an exporter as a ServiceAccount of its own, which an AWS identity is given to.
 *
 * @returns undefined where the exporter needs none.
 */
export function exporterServiceAccount(
  scope: Construct,
  { deployment }: ExternalExporter,
  props: {
    readonly name: string;
    readonly login: KafkaLogin;
    readonly serviceAccount: ServiceAccountOptions | undefined;
  },
): ExporterIdentity | undefined {
  const { name, login, serviceAccount } = props;
  if (login.iam === undefined && serviceAccount === undefined) {
    return undefined;
  }
  const account = { name, ...serviceAccount };
  const labels = commonLabels(name, 'exporter');
  const rendered = renderServiceAccount(scope, 'exporter-identity', account, labels);
  deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/serviceAccountName', account.name));
  if (login.iam !== undefined) {
    new WorkloadNetworkPolicy(scope, 'exporter-network', {
      name: `${name}-identity`,
      workload: name,
      egress: AWS_IDENTITY,
    });
  }
  return { name: account.name, serviceAccount: rendered };
}
