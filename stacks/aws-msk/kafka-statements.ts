import { withCode } from '@cdk8s-event-platform/contracts/internal';
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
  /** The ServiceAccount that its pods run as. @default - the id of the app */
  readonly serviceAccount?: string;
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
      withCode(
        'EP7002',
        `${kind} '${wrong}' cannot be granted: use its whole name, of letters, digits, '.', '_' and '-'`,
      ),
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

/** What ARNs of topics or groups of a cluster start with. */
function baseOf(kind: 'topic' | 'group', clusterArn: string): string {
  if (!CLUSTER.test(clusterArn)) {
    throw new Error(
      withCode(
        'EP7002',
        `'${clusterArn}' is not the ARN of an MSK cluster: use one such as 'arn:aws:kafka:eu-central-1:111122223333:cluster/NAME/UUID'`,
      ),
    );
  }
  return clusterArn.replace(':cluster/', `:${kind}/`);
}

/** ARNs of topics or groups of a cluster, each once and in order. */
function arnsOf(kind: 'topic' | 'group', names: readonly string[], clusterArn: string): string[] {
  const base = baseOf(kind, clusterArn);
  requireNames(kind, names);
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

/**
 * What it takes to know how far groups are behind, for KEDA and the exporter: the ends of topics, and
 * the places of groups. Neither reads an event nor changes anything. They watch all topics and groups
 * of the cluster; a list of them would outgrow what IAM takes.
 *
 * @throws Error when the ARN is not of an MSK cluster.
 */
export function lagStatements(clusterArn: string): PolicyStatement[] {
  return [
    connect(clusterArn),
    allow('Ends', ['kafka-cluster:DescribeTopic'], [`${baseOf('topic', clusterArn)}/*`]),
    allow('Places', ['kafka-cluster:DescribeGroup'], [`${baseOf('group', clusterArn)}/*`]),
  ];
}

/**
 * An ARN that is as long as that of an MSK cluster can be, for sizes of policies before there is one.
 *
 * @param name of the resource, to which Pulumi adds eight characters.
 */
export function longestClusterArn(name: string, region: string): string {
  const account = '0'.repeat(12);
  // A UUID, and a number.
  return `arn:aws:kafka:${region}:${account}:cluster/${name}-1234567/${'0'.repeat(36)}-000`;
}
