import type { InspectionRights } from './kafka-inspection.ts';

/** A right of one user, as Kafka's authorizer keeps it. Read and Write imply Describe. */
export interface AccessRule {
  /** Name of the user. */
  readonly user: string;
  readonly resource: 'topic' | 'group' | 'cluster';
  /** `*` stands for all of a kind; the cluster is called {@link CLUSTER}. */
  readonly name: string;
  readonly operation:
    | 'Read'
    | 'Write'
    | 'Describe'
    | 'DescribeConfigs'
    | 'Create'
    | 'Alter'
    | 'AlterConfigs'
    | 'Delete';
}

/** Name that Kafka gives to the cluster as a whole. */
export const CLUSTER = 'kafka-cluster';

/**
 * Users of a cluster and what each may do: the minimum that a client needs.
 *
 * @see https://kafka.apache.org/41/documentation.html#operations_resources_and_protocols
 */
export class KafkaAccess {
  readonly #rules = new Map<string, AccessRule>();

  /** Names of all users. */
  public get users(): readonly string[] {
    return [...new Set(this.rules.map(({ user }) => user))];
  }

  /** The rights of all users, by user. */
  public get rules(): readonly AccessRule[] {
    return [...this.#rules].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule);
  }

  /** Lets a user publish to a topic. */
  public publish(user: string, topic: string): void {
    this.#add({ user, resource: 'topic', name: topic, operation: 'Write' });
  }

  /** Lets a user receive a topic as a group, by default that of its own name. */
  public receive(user: string, topic: string, group = user): void {
    this.#add({ user, resource: 'topic', name: topic, operation: 'Read' });
    this.#add({ user, resource: 'group', name: group, operation: 'Read' });
  }

  /** Lets a user see topics and the offsets of groups, and no message. */
  public observe(user: string): void {
    this.#add({ user, resource: 'topic', name: '*', operation: 'Describe' });
    this.#add({ user, resource: 'group', name: '*', operation: 'Describe' });
  }

  /** Lets a user see brokers, topics, groups and their settings, and do what else is said. */
  public inspect(user: string, { messages, changes, resets = false }: InspectionRights): void {
    this.observe(user);
    const allow = (
      resource: AccessRule['resource'],
      ...operations: readonly AccessRule['operation'][]
    ) => {
      for (const operation of operations) {
        this.#add({ user, resource, name: resource === 'cluster' ? CLUSTER : '*', operation });
      }
    };
    allow('cluster', 'Describe', 'DescribeConfigs');
    allow('topic', 'DescribeConfigs', ...(messages ? (['Read'] as const) : []));
    if (changes || resets) {
      // Who may read as a group may set its offsets.
      allow('group', 'Read');
    }
    if (changes) {
      allow('topic', 'Create', 'Alter', 'AlterConfigs', 'Delete');
      allow('group', 'Delete');
    }
  }

  #add(rule: AccessRule): void {
    this.#rules.set([rule.user, rule.resource, rule.name, rule.operation].join(' '), rule);
  }
}
