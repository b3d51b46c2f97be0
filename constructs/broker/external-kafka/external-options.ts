import type { Duration, Size } from 'cdk8s';
import type { NetworkPeer } from '../../security/network-policies.ts';
import {
  SERVICE_ACCOUNT,
  serviceAccountProblems,
  type ServiceAccountOptions,
} from '../../security/service-account.ts';
import type { ExternalKafkaAuthentication } from './external-authentication.ts';
import type { Compression } from '../../messaging/message-broker.ts';
import { bootstrapProblems, groupPrefixProblems } from './external-checks.ts';
import { type KafkaSizing, replicationProblems } from '../kafka-protocol/kafka-checks.ts';
import {
  having,
  listOf,
  number,
  oneOf,
  optional,
  shaped,
  text,
  type Shape,
} from '@cdk8s-event-platform/contracts/internal';
import { KAFKA_OPTIONS, type KafkaOptions } from '../kafka-protocol/kafka-options.ts';
import { BROKER_OPTIONS, type BrokerOptions } from '../parts/broker-options.ts';

/** Options of `KafkaCluster.fromBootstrap`. */
export interface ExternalKafkaOptions extends BrokerOptions, KafkaOptions {
  /** How clients log in. */
  readonly authentication: ExternalKafkaAuthentication;
  /** `host:port` of brokers, fully qualified: KEDA looks them up from another namespace. @default - the address that the service has, if it is known: that of Event Hubs is */
  readonly bootstrapServers?: readonly string[];
  /** Name that its objects start with. @default 'kafka' */
  readonly name?: string;
  /** Whether topics are somebody else's, or a Job brings them about. @default 'existing' */
  readonly topics?: 'existing' | 'provisioned';
  /** Brokers that copies can be on. @default 3 */
  readonly brokers?: number;
  /** Partitions of a topic that does not say otherwise. With existing topics, as many as they have. @default 3 */
  readonly partitions?: number;
  /** Copies of each partition. @default - what the service insists on, else 1 locally and 3 in production */
  readonly replicationFactor?: number;
  /** Copies that must have a message before it is confirmed. @default - what the service insists on, else 1 locally and 2 in production */
  readonly minInSyncReplicas?: number;
  /** How long the brokers keep offsets of a group without members. A topic that keeps messages for longer is refused, since a consumer at zero would start over. @default - not checked */
  readonly offsetsRetention?: Duration;
  /** Largest message; the brokers have to take it. @default 1 MiB */
  readonly maxMessageSize?: Size;
  /**
   * How sidecars compress what they publish. Consumers read whatever is in a topic.
   *
   * @default - 'none' locally, 'zstd' in production where the service takes it
   */
  readonly compression?: Compression | 'none';
  /** In front of the names of consumer groups, with a dot between: namespaces that share a cluster must not share groups. @default - the namespace */
  readonly groupPrefix?: string;
  /** Where the brokers are, for network policies; with the ports that they advertise. @default - anywhere, on the ports of `bootstrapServers` */
  readonly peer?: NetworkPeer;
  /** Value of `job` in the series of a kafka_exporter that somebody else runs. @default - one runs in the namespace */
  readonly exporterJob?: string;
  /** The ServiceAccount of the exporter. @default - with IAM one of its own, with its name; otherwise none */
  readonly exporterServiceAccount?: ServiceAccountOptions;
  /** Image with Kafka's tools in `/opt/kafka/bin`, for the Job. @default - `DEFAULT_IMAGES.kafka` */
  readonly image?: string;
}

/** What options come to in a platform. */
export interface ExternalKafkaFacts {
  readonly groupPrefix: string;
  readonly maxMessageSize: Size;
  readonly sizing: KafkaSizing;
  readonly production: boolean;
}

/** Every reason why a Kafka with these options could not be used; empty when it could. */
export function externalKafkaProblems(
  options: ExternalKafkaOptions,
  servers: readonly string[],
  facts: ExternalKafkaFacts,
): string[] {
  const { service, address, sasl, tls, ...login } = options.authentication.login;
  const problems = [
    ...bootstrapProblems(servers),
    ...groupPrefixProblems(facts.groupPrefix),
    ...replicationProblems(facts.sizing),
    ...serviceAccountProblems('exporterServiceAccount', options.exporterServiceAccount),
  ];
  if (address !== undefined && servers.some((server) => server !== address)) {
    problems.push(
      `bootstrapServers '${servers.join(',')}' is not where ${service} is: leave it out, or use '${address}'`,
    );
  }
  if (sasl !== undefined && !tls && facts.production) {
    problems.push(
      `tls is off for '${servers.join(',')}': passwords would cross the network in the clear in production; leave tls on`,
    );
  }
  const size = facts.maxMessageSize.toKibibytes();
  const limit = login.maxMessageSize?.toKibibytes() ?? size;
  if (size > limit) {
    problems.push(
      `maxMessageSize (${size} KiB) exceeds what ${service} takes: use at most ${limit} KiB, or publish a reference to what is larger`,
    );
  }
  const { compression = 'none' } = options;
  if (login.compressions?.includes(compression) === false) {
    problems.push(
      `compression '${compression}' is one that ${service} does not take: use ${login.compressions.join(' or ')}`,
    );
  }
  if (options.topics === 'provisioned' && login.existingTopicsOnly !== undefined) {
    problems.push(
      `topics of ${service} cannot be provisioned, since ${login.existingTopicsOnly}: use topics 'existing', and create those that the getter \`topics\` lists`,
    );
  }
  return problems;
}

/** For callers without a compiler. @internal */
export const EXTERNAL_KAFKA: Shape<ExternalKafkaOptions> = {
  ...BROKER_OPTIONS,
  ...KAFKA_OPTIONS,
  authentication: having('how clients log in, e.g. ExternalKafkaAuthentication.mskIam(…)', 'login'),
  bootstrapServers: optional(listOf(text)),
  topics: optional(oneOf('existing', 'provisioned')),
  brokers: optional(number()),
  groupPrefix: optional(text),
  peer: optional(having('a NetworkPeer, e.g. { ports: [9092] }', 'ports')),
  exporterJob: optional(text),
  exporterServiceAccount: optional(shaped<ServiceAccountOptions>(SERVICE_ACCOUNT)),
  image: optional(text),
};
