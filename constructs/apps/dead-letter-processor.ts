import { APP_OPTIONS, type AppOptions } from './app-options.ts';
import { Construct } from 'constructs';
import {
  coded,
  isSame,
  type KeyProperties,
  optional,
  type Shape,
} from '@cdk8s-event-platform/contracts/internal';
import type { AppManifest, EventContract } from '@cdk8s-event-platform/contracts';
import {
  contractName,
  contractOfEvent,
  DEAD_LETTER_PROCESSOR,
  deadLettersRoute,
  deadLetterTopic,
  EVENT_KEYS_FOLDER,
  RUNTIME_ENV,
} from '@cdk8s-event-platform/contracts/interface';
import { ConfigFiles, textFiles } from '../platform/config-files.ts';
import { DeclarationError } from '../core/errors.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import { commonLabels, derivedName } from '../core/names.ts';
import type { IEventApp } from '../messaging/event-app.ts';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import { queueSettings } from '../dapr/dapr-subscription.ts';
import type { Topic } from '../messaging/topic.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import { SubscriptionV2Alpha1 } from '../imports/dapr.io.ts';
import { podsProblem } from '../scaling/scalable.ts';
import { databaseCheck, manifestCheck, podsCheck, pubSubCheck, typesOf } from './app-checks.ts';
import type { IDeadLetterCollector } from './dead-letter-collector.ts';
import { EventApp } from './event-app.ts';
import { validateLater } from '../core/problems.ts';

/**
 * How dead letters come from a broker that delivers in bulk. One by one, a sidecar of Dapr 1.18 ends at a
 * Kafka message without a value that has trace headers, again and again: it would collect nothing any more.
 */
const BULK = { enabled: true, maxMessagesCount: 10, maxAwaitDurationMs: 100 };

/**
 * Lines of types and keys, as the image reads them: it has no contracts compiled in. A version whose key is not that
 * of the oldest one has a line of its own.
 */
function eventKeys(contracts: readonly EventContract[]): string {
  const oldest = (type: string) =>
    contractOfEvent(
      contracts.filter((contract) => contract.type === type),
      {},
    )!;
  const lines = contracts.flatMap((contract): [string, KeyProperties][] => {
    const { type, key } = contract;
    const first = oldest(type);
    return [
      ...(contract === first ? [[type, key] as [string, KeyProperties]] : []),
      ...(isSame(key, first.key) ? [] : [[contractName(contract), key] as [string, KeyProperties]]),
    ];
  });
  return lines
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}

/** Properties of {@link DeadLetterProcessor}. */
export interface DeadLetterProcessorProps extends AppOptions {
  /** App id and port. @default - app id `dead-letter-processor`, port 8080 */
  readonly manifest?: AppManifest;
  /** The pub/sub component whose dead letters it collects. */
  readonly pubSub: DaprPubSub;
  /** The database of the consumers: their quarantine is there. */
  readonly database: PostgresDatabase;
  /** Pods. @default 1 */
  readonly replicas?: number;
}

const SHAPE: Shape<DeadLetterProcessorProps> = {
  ...APP_OPTIONS,
  manifest: optional(manifestCheck),
  pubSub: pubSubCheck,
  database: databaseCheck(
    ', that of the consumers, since it writes to their quarantine; without one, declare no DeadLetterProcessor, and the events stay in their dead-letter topics',
  ),
  replicas: optional(podsCheck()),
};

/**
 * An app that moves the events which sidecars could not deliver from the dead-letter topics to the
 * quarantine of their consumers, where they can be listed, replayed and discarded. It takes whatever
 * is in a topic, be it an event or not, and has no dead letters itself: what it cannot store yet is
 * delivered again.
 */
export class DeadLetterProcessor extends EventApp implements IDeadLetterCollector {
  declare public readonly database: PostgresDatabase;
  readonly #topics = new Set<Topic>();
  readonly #subscriptions: SubscriptionV2Alpha1[] = [];
  /** Keys of the events that it collects, by type. */
  readonly #contracts: Map<string, EventContract>;

  public constructor(scope: Construct, id: string, props: DeadLetterProcessorProps) {
    const contracts = new Map<string, EventContract>();
    super(
      scope,
      id,
      {
        ...props,
        manifest: (props as Partial<typeof props> | undefined)?.manifest ?? DEAD_LETTER_PROCESSOR,
      },
      {
        component: 'dead-letters',
        checkProps: (problems) => problems.props(props, SHAPE),
        serves: false,
        receives: true,
        problems: ({ manifest }) => [
          hasEvents(manifest) &&
            `app manifest '${manifest.appId}' publishes or subscribes to ${typesOf([...(manifest.publishes ?? []), ...(manifest.subscribes ?? [])])}, and a DeadLetterProcessor does neither: use IdempotentConsumer or EventProducer for them`,
        ],
        workload: (app, { manifest }) => ({
          env: [
            { name: RUNTIME_ENV.appPort, value: String(manifest.port) },
            { name: RUNTIME_ENV.eventKeys, value: EVENT_KEYS_FOLDER },
          ],
          platformImage: DEAD_LETTER_PROCESSOR.appId,
          files: {
            content: new ConfigFiles(app, 'event-keys', {
              name: `${manifest.appId}-event-keys`,
              labels: commonLabels(manifest.appId, 'dead-letters'),
              files: () => textFiles(eventKeys([...contracts.values()]), '.jsonl'),
            }),
            folder: EVENT_KEYS_FOLDER,
          },
        }),
      },
    );
    this.#contracts = contracts;
    this.database.grantQuarantine(this.appId);
    validateLater(this, () =>
      coded('EP4001', !this.scaled && podsProblem('replicas', this.replicas, this.sharedTopic)),
    );
  }

  /**
   * Collects the dead letters of a consumer and topic.
   *
   * @throws DeclarationError when the consumer has another database.
   */
  public collect(consumer: IEventApp, topic: Topic, database: PostgresDatabase): void {
    if (database !== this.database) {
      throw new DeclarationError(
        this,
        ...coded(
          'EP4005',
          `has another database than ${consumer.appId}, whose quarantine it has to write to: give it a DeadLetterProcessor with the same database`,
        ),
      );
    }
    const name = deadLetterTopic(topic.name, consumer.appId);
    const resource = derivedName(this.appId, consumer.appId, topic.name);
    consumer.manifest.subscribes
      ?.filter((contract) => contract.topic === topic.name)
      .forEach((contract) => this.#contracts.set(contractName(contract), contract));
    topic.grantCollect(this, consumer);
    this.#topics.add(topic);
    const subscription = new SubscriptionV2Alpha1(this, `subscription-${name}`, {
      metadata: { name: resource, labels: commonLabels(this.appId, 'dapr') },
      scopes: [this.appId],
      spec: {
        pubsubname: this.pubSub.name,
        topic: name,
        routes: { default: deadLettersRoute(name) },
        ...(this.pubSub.broker.deliversInBulk && { bulkSubscribe: BULK }),
        // Raw, since an invalid event is here because it cannot be parsed.
        metadata: { ...queueSettings(false), rawPayload: 'true' },
      },
    });
    assignLayer(subscription, Layer.COMPONENTS);
    this.#subscriptions.push(subscription);
  }

  /** The generated Subscriptions, one for each topic of a consumer. */
  public get subscriptions(): readonly SubscriptionV2Alpha1[] {
    return [...this.#subscriptions];
  }

  /** Of the topics whose dead letters it collects, one with most partitions. */
  public override get sharedTopic(): Topic | undefined {
    return [...this.#topics].sort((a, b) => b.partitions - a.partitions)[0];
  }
}

function hasEvents({ publishes = [], subscribes = [] }: AppManifest): boolean {
  return publishes.length > 0 || subscribes.length > 0;
}
