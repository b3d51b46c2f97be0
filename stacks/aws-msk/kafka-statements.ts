import { allow, type PolicyStatement } from './policy-document.ts';

/** A topic that is read, and the consumer group that reads it. */
export interface GroupSubscription {
  readonly topic: string;
  /** Consumer group, as the brokers call it. */
  readonly group: string;
}

/** What one app does with topics. */
export interface KafkaGrants {
  /** Id of the app. */
  readonly app: string;
  /** Topics that it writes to, dead-letter topics included. */
  readonly publish: readonly string[];
  /** Topics that it reads. */
  readonly subscribe: readonly GroupSubscription[];
}

const CLUSTER = /^arn:[a-z-]+:kafka:[a-z0-9-]+:\d{12}:cluster\/[^/*?]+\/[^/*?]+$/;
const NAME = /^[\w.-]+$/;

/** @throws Error when a name would stand for more than one. */
function requireNames(kind: 'topic' | 'group', names: readonly string[]): void {
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong !== undefined) {
    throw new Error(
      `${kind} '${wrong}' cannot be granted: use its whole name, of letters, digits, '.', '_' and '-'`,
    );
  }
}

/** @throws Error when a topic or group of these grants would stand for more than one. */
export function requireGrants({ publish, subscribe }: KafkaGrants): void {
  requireNames('topic', [...publish, ...subscribe.map(({ topic }) => topic)]);
  requireNames(
    'group',
    subscribe.map(({ group }) => group),
  );
}

/** ARNs of topics or groups of a cluster, each once and in order. */
function arnsOf(kind: 'topic' | 'group', names: readonly string[], clusterArn: string): string[] {
  if (!CLUSTER.test(clusterArn)) {
    throw new Error(
      `'${clusterArn}' is not the ARN of an MSK cluster: use one such as 'arn:aws:kafka:eu-central-1:111122223333:cluster/NAME/UUID'`,
    );
  }
  requireNames(kind, names);
  const base = clusterArn.replace(':cluster/', `:${kind}/`);
  return [...new Set(names)].sort().map((name) => `${base}/${name}`);
}

function allowAny(sid: string, actions: string[], resources: string[]): PolicyStatement[] {
  return resources.length === 0 ? [] : [allow(sid, actions, resources)];
}

const connect = (clusterArn: string) => allow('Connect', ['kafka-cluster:Connect'], [clusterArn]);

/**
 * What an app may do: write to what it publishes, read what it subscribes to with its groups, and
 * nothing else. `WriteDataIdempotently` is not among it, as Dapr's producer is not idempotent.
 *
 * @see https://docs.aws.amazon.com/msk/latest/developerguide/kafka-actions.html
 * @throws Error when the ARN is not of an MSK cluster, or a name is a pattern.
 */
export function kafkaStatements(grants: KafkaGrants, clusterArn: string): PolicyStatement[] {
  const read = grants.subscribe.map(({ topic }) => topic);
  const groups = grants.subscribe.map(({ group }) => group);
  return [
    connect(clusterArn),
    ...allowAny(
      'Publish',
      ['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'],
      arnsOf('topic', grants.publish, clusterArn),
    ),
    ...allowAny(
      'Subscribe',
      ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
      arnsOf('topic', read, clusterArn),
    ),
    ...allowAny(
      'Groups',
      ['kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'],
      arnsOf('group', groups, clusterArn),
    ),
  ];
}

/** What is watched from outside: topics, and the groups that read them. */
export interface WatchedTopics {
  readonly topics: readonly string[];
  readonly groups: readonly string[];
}

/**
 * What it takes to know how far groups are behind, for KEDA and the exporter: the ends of topics, and
 * the places of groups. Neither reads an event nor changes anything.
 *
 * @throws Error when the ARN is not of an MSK cluster, or a name is a pattern.
 */
export function lagStatements(watched: WatchedTopics, clusterArn: string): PolicyStatement[] {
  return [
    connect(clusterArn),
    ...allowAny(
      'Ends',
      ['kafka-cluster:DescribeTopic'],
      arnsOf('topic', watched.topics, clusterArn),
    ),
    ...allowAny(
      'Places',
      ['kafka-cluster:DescribeGroup'],
      arnsOf('group', watched.groups, clusterArn),
    ),
  ];
}
