import { ApiObject, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { commonLabels } from '../../core/names.ts';
import { STRIMZI_API_VERSION } from '../../core/versions.ts';
import type { AccessRule } from '../kafka-protocol/kafka-access.ts';

/** One rule of a user's rights. */
export interface AclRule {
  readonly resource:
    | { readonly type: 'cluster' }
    | {
        readonly type: 'topic' | 'group';
        readonly name: string;
        readonly patternType: 'literal';
      };
  readonly operations: readonly AccessRule['operation'][];
}

/** CPU and memory of a container, in Kubernetes notation. */
export interface StrimziResources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly memory: string };
}

/** How pods of Strimzi are made, where it is not left to the operator. */
export type StrimziTemplate = Readonly<Record<string, object>>;

/** Specification of a `Kafka`. */
export interface StrimziKafkaSpec {
  readonly kafka: {
    readonly version?: string;
    readonly listeners: readonly object[];
    readonly authorization?: { readonly type: 'simple' };
    readonly rack?: { readonly topologyKey: string };
    readonly config: Readonly<Record<string, string | number | boolean>>;
    readonly template: StrimziTemplate;
  };
  readonly entityOperator: {
    readonly topicOperator: { readonly resources: StrimziResources };
    readonly userOperator?: { readonly resources: StrimziResources; readonly secretPrefix: string };
    readonly template: StrimziTemplate;
  };
  readonly kafkaExporter: {
    readonly topicRegex: string;
    readonly groupRegex: string;
    readonly resources: StrimziResources;
    readonly template: StrimziTemplate;
  };
}

/** Specification of a `KafkaNodePool`. */
export interface StrimziNodePoolSpec {
  readonly replicas: number;
  readonly roles: readonly ('controller' | 'broker')[];
  readonly storage: object;
  readonly resources: StrimziResources;
  readonly jvmOptions: Readonly<Record<'-Xms' | '-Xmx', string>>;
  readonly template: StrimziTemplate;
}

/** Specification of a `KafkaTopic`. */
export interface StrimziTopicSpec {
  readonly topicName?: string;
  readonly partitions: number;
  readonly replicas: number;
  readonly config: Readonly<Record<string, string | number>>;
}

/** Specification of a `KafkaUser`. */
export interface StrimziUserSpec {
  readonly authentication: {
    readonly type: 'scram-sha-512';
    readonly password: {
      readonly valueFrom: {
        readonly secretKeyRef: { readonly name: string; readonly key: string };
      };
    };
  };
  readonly authorization: { readonly type: 'simple'; readonly acls: readonly AclRule[] };
}

/** Specifications by kind. */
export interface StrimziSpecs {
  readonly Kafka: StrimziKafkaSpec;
  readonly KafkaNodePool: StrimziNodePoolSpec;
  readonly KafkaTopic: StrimziTopicSpec;
  readonly KafkaUser: StrimziUserSpec;
}

/** Label by which Strimzi knows what belongs to a cluster. */
export const CLUSTER_LABEL = 'strimzi.io/cluster';

/** Properties of {@link StrimziObject}. */
export interface StrimziObjectProps<Kind extends keyof StrimziSpecs> {
  readonly kind: Kind;
  readonly name: string;
  /** Cluster that it belongs to. @default - it is a cluster itself */
  readonly cluster?: string;
  /** Called when everything is declared. */
  readonly spec: () => StrimziSpecs[Kind];
}

/**
 * An object that Strimzi's operator acts on.
 *
 * @see https://strimzi.io/docs/operators/latest/configuring.html
 */
export class StrimziObject<Kind extends keyof StrimziSpecs> extends ApiObject {
  public constructor(scope: Construct, id: string, props: StrimziObjectProps<Kind>) {
    const { kind, name, cluster } = props;
    super(scope, id, {
      apiVersion: STRIMZI_API_VERSION,
      kind,
      metadata: {
        name,
        labels: {
          ...commonLabels(cluster ?? name, 'broker'),
          ...(cluster !== undefined && { [CLUSTER_LABEL]: cluster }),
        },
      },
      spec: Lazy.any({ produce: props.spec }) as object,
    });
  }
}
