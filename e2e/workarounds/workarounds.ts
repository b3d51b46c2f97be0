/** A fault of Dapr that the platform works around, or that its documents warn of. */
export interface Workaround {
  /** Name on the command line, and of the file of the experiment in this folder. */
  readonly name: string;
  /** What goes wrong, in one sentence without a full stop. */
  readonly fault: string;
  /** Where it goes wrong. */
  readonly broker: 'Kafka' | 'RabbitMQ' | 'Redis Streams' | 'NATS JetStream' | 'any';
  /** Issue or pull request; for a fault without a report, the place in the source. */
  readonly upstream: { readonly title: string; readonly url: string };
  /** What the platform does. */
  readonly remedy: string;
  /** Files that go, or get simpler, once the fault is gone. */
  readonly files: readonly [string, ...string[]];
  /** Whether the experiment takes minutes, and is left out unless asked for. @default false */
  readonly slow?: boolean;
}

const CONTRIB = 'https://github.com/dapr/components-contrib';
const DAPR = 'https://github.com/dapr/dapr';

function issue(repository: string, number: number, kind: 'issues' | 'pull' = 'issues') {
  const name = repository.split('/').at(-1)!;
  return { title: `${name}#${number}`, url: `${repository}/${kind}/${number}` };
}

function source(repository: string, version: string, path: string) {
  return { title: path.split('/').at(-1)!, url: `${repository}/blob/${version}/${path}` };
}

/**
 * What is kept because of Dapr. Each has an experiment on the real sidecar, which fails once the fault is
 * gone: `npm run e2e:workarounds`. Links to sources are to the version in which the fault was read.
 */
export const WORKAROUNDS = [
  {
    name: 'resubscribe',
    fault:
      'an app that is ready again before its deliveries have ended receives nothing more, where they come one by one',
    broker: 'Kafka',
    upstream: issue(CONTRIB, 4349),
    remedy: 'an image turns ready again only when no delivery has been under way for 3 s',
    files: ['app-images/runtime/process/resubscribe-guard.ts', 'docs/guarantees.md'],
  },
  {
    name: 'bulk-lock',
    fault: 'a sidecar delivers the bulks of its partitions one after the other',
    broker: 'Kafka',
    upstream: source(CONTRIB, 'v1.18.4', 'common/component/kafka/consumer.go'),
    remedy: 'documented: more pods make a consumer faster',
    files: ['docs/guarantees.md', 'benchmarks/main.ts'],
  },
  {
    name: 'unrouted',
    fault: 'an event of a bulk that matches no route goes to the root of the app',
    broker: 'Kafka',
    upstream: issue(DAPR, 8297),
    remedy: 'each subscription has a default route, which leads to the quarantine',
    files: ['contracts/interface/names.ts', 'constructs/dapr/dapr-subscription.ts'],
  },
  {
    name: 'tombstone',
    fault:
      'a sidecar ends at a message without a value that has trace headers, again and again, where messages come one by one',
    broker: 'Kafka',
    upstream: source(DAPR, 'v1.18.3', 'pkg/runtime/subscription/subscription.go'),
    remedy: 'consumers and the dead-letter processor receive in bulk; `bulk: false` is refused',
    files: ['constructs/apps/bulk-delivery.ts', 'constructs/apps/dead-letter-processor.ts'],
  },
  {
    name: 'kept-deliveries',
    fault: 'events that come while a consumer is cancelled are not delivered',
    broker: 'RabbitMQ',
    upstream: issue(CONTRIB, 4540),
    remedy:
      'a sidecar restarts before its app is ready again; servers deliver after 5 minutes again',
    files: [
      'app-images/runtime/process/resubscribe-guard.ts',
      'constructs/broker/rabbitmq/server-config.ts',
    ],
  },
  {
    name: 'unconfirmed',
    fault: 'an event whose confirmation did not come, since the connection broke, is confirmed',
    broker: 'RabbitMQ',
    upstream: source(CONTRIB, 'v1.18.4', 'pubsub/rabbitmq/rabbitmq.go'),
    remedy: 'a proof is published behind each batch',
    files: ['app-images/runtime/outbox/publish-proof.ts', 'app-images/runtime/outbox/publisher.ts'],
  },
  {
    name: 'bulk-rabbitmq',
    fault: 'events that wait to be gathered when an app turns unready are not delivered',
    broker: 'RabbitMQ',
    upstream: source(DAPR, 'v1.18.3', 'pkg/runtime/pubsub/default_bulksub.go'),
    remedy: 'no bulk subscriptions',
    files: ['constructs/broker/rabbitmq/rabbitmq-cluster.ts'],
  },
  {
    name: 'bulk-redis',
    fault: 'events that wait to be gathered when an app turns unready stop all deliveries',
    broker: 'Redis Streams',
    upstream: source(DAPR, 'v1.18.3', 'pkg/runtime/pubsub/default_bulksub.go'),
    remedy: 'no bulk subscriptions',
    files: ['constructs/broker/redis-streams/redis-streams.ts'],
  },
  {
    name: 'dead-letter-lost',
    fault: 'an event that failed is acknowledged although its dead letter could not be written',
    broker: 'Redis Streams',
    upstream: issue(CONTRIB, 4208, 'pull'),
    remedy: 'documented',
    files: ['docs/brokers.md', 'docs/guarantees.md'],
  },
  {
    name: 'early-ack',
    fault: 'with `concurrency: parallel`, an event is acknowledged before the app has it',
    broker: 'NATS JetStream',
    upstream: issue(CONTRIB, 3656),
    remedy: 'one delivery at a time, no bulk subscriptions',
    files: ['constructs/broker/nats/nats-jet-stream.ts'],
  },
  {
    name: 'gives-up',
    fault: 'after about two minutes without a server, a sidecar does not connect again',
    broker: 'NATS JetStream',
    upstream: issue(CONTRIB, 4563),
    remedy: 'documented: restart the pods',
    files: ['constructs/broker/nats/nats-jet-stream.ts', 'docs/brokers.md'],
    slow: true,
  },
  {
    name: 'namespaced-topics',
    fault: '`{namespace}` in any setting of a component puts the namespace before each topic',
    broker: 'any',
    upstream: source(DAPR, 'v1.18.3', 'pkg/runtime/processor/pubsub/pubsub.go'),
    remedy: 'a component with it is refused',
    files: ['constructs/dapr/binding-problems.ts'],
  },
] as const satisfies readonly Workaround[];

/** Name of a workaround. */
export type WorkaroundName = (typeof WORKAROUNDS)[number]['name'];
