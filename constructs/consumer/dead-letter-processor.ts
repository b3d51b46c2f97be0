import { Construct } from 'constructs';
import { optional, type Shape } from '@cdk8s-event-platform/contracts/internal';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import {
  DEAD_LETTER_PROCESSOR,
  deadLettersRoute,
  deadLetterTopic,
  EVENT_KEYS_FOLDER,
  RUNTIME_ENV,
  RUNTIME_PATHS,
} from '@cdk8s-event-platform/contracts/interface';
import { ConfigFiles, textFiles } from '../core/config-files.ts';
import { DeclarationError } from '../core/errors.ts';
import { EventPlatform } from '../core/event-platform.ts';
import { assignLayer, Layer } from '../core/layers.ts';
import { commonLabels, derivedName } from '../core/names.ts';
import { Problems } from '../core/problems.ts';
import type { IDaprApp } from '../dapr/dapr-app.ts';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import { queueSettings } from '../dapr/dapr-subscription.ts';
import type { Topic } from '../dapr/topic.ts';
import type { CertificateFile } from '../data/certificate-file.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import { SubscriptionV2Alpha1 } from '../imports/dapr.io.ts';
import { type IScalable, podsProblem } from '../scaling/scalable.ts';
import type { NetworkPeer } from '../security/network-policies.ts';
import type { SecretReference } from '../security/secret-reference.ts';
import {
  APP_OPTIONS,
  databaseCheck,
  manifestCheck,
  appProblems,
  podsCheck,
  pubSubCheck,
  typesOf,
} from './app-checks.ts';
import { type AppOptions, AppWorkload } from './app-workload.ts';

/**
 * How dead letters come from a broker that delivers in bulk. One by one, a sidecar of Dapr 1.18 ends at a
 * Kafka message without a value that has trace headers, again and again: it would collect nothing any more.
 */
const BULK = { enabled: true, maxMessagesCount: 10, maxAwaitDurationMs: 100 };

/** Lines of types and keys, as the image reads them: it has no contracts compiled in. */
function eventKeys(keys: ReadonlyMap<string, string>): string {
  return [...keys]
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
  database: databaseCheck,
  replicas: optional(podsCheck()),
};

/**
 * An app that moves the events which sidecars could not deliver from the dead-letter topics to the
 * quarantine of their consumers, where they can be listed, replayed and discarded. It takes whatever
 * is in a topic, be it an event or not, and has no dead letters itself: what it cannot store yet is
 * delivered again.
 */
export class DeadLetterProcessor extends Construct implements IDaprApp, IScalable {
  public readonly manifest: AppManifest;
  public readonly appId: string;
  public readonly hasCpuRequest = true;
  /** The pub/sub component whose dead letters it collects. */
  public readonly pubSub: DaprPubSub;
  /** The database whose quarantine it writes to. */
  public readonly database: PostgresDatabase;
  /** Pods, unless a scaler says how many. */
  public readonly replicas: number;
  /** Deployment, ServiceAccount, disruption budget, network policy and scraping. */
  public readonly workload: AppWorkload;
  readonly #topics = new Set<Topic>();
  /** Keys of the events that it collects, by type. */
  readonly #contracts = new Map<string, string>();
  #scaled = false;

  public constructor(scope: Construct, id: string, props: DeadLetterProcessorProps) {
    super(scope, id);
    assignLayer(this, Layer.APPS);
    const problems = new Problems(this);
    problems.props(props, SHAPE);
    const { manifest = DEAD_LETTER_PROCESSOR, replicas = 1 } = props;
    const events = [...(manifest.publishes ?? []), ...(manifest.subscribes ?? [])];
    problems.add(
      ...appProblems(this, { ...props, manifest }),
      events.length > 0 &&
        `app manifest '${manifest.appId}' publishes or subscribes to ${typesOf(events)}, and a DeadLetterProcessor does neither: use IdempotentConsumer or EventProducer for them`,
    );
    problems.report();
    EventPlatform.of(this).addApp(this, manifest.appId);
    this.manifest = manifest;
    this.appId = manifest.appId;
    this.pubSub = props.pubSub;
    this.database = props.database;
    this.replicas = replicas;
    this.node.addValidation({
      validate: () => {
        const problem = podsProblem('replicas', replicas, this.sharedTopic);
        return this.#scaled || problem === undefined ? [] : [`${this.node.path}: ${problem}`];
      },
    });
    const keys = new ConfigFiles(this, 'event-keys', {
      name: `${this.appId}-event-keys`,
      labels: commonLabels(this.appId, 'dead-letters'),
      files: () => textFiles(eventKeys(this.#contracts), '.jsonl'),
    });
    this.workload = new AppWorkload(this, 'app', {
      ...props,
      manifest,
      env: [
        { name: RUNTIME_ENV.appPort, value: String(manifest.port) },
        { name: RUNTIME_ENV.eventKeys, value: EVENT_KEYS_FOLDER },
        ...(props.env ?? []),
      ],
      platformImage: DEAD_LETTER_PROCESSOR.appId,
      files: { content: keys, folder: EVENT_KEYS_FOLDER },
      component: 'dead-letters',
      healthPath: RUNTIME_PATHS.ready,
      replicas: () => (this.#scaled ? undefined : replicas),
    });
    this.database.grantQuarantine(this.appId);
  }

  /**
   * Collects the dead letters of a consumer and topic.
   *
   * @throws DeclarationError when the consumer has another database.
   */
  public collect(consumer: IDaprApp, topic: Topic, database: PostgresDatabase): void {
    if (database !== this.database) {
      throw new DeclarationError(
        this,
        `has another database than ${consumer.appId}, whose quarantine it has to write to: give it a DeadLetterProcessor with the same database`,
      );
    }
    const name = deadLetterTopic(topic.name, consumer.appId);
    const resource = derivedName(this.appId, consumer.appId, topic.name);
    consumer.manifest.subscribes
      ?.filter((contract) => contract.topic === topic.name)
      .forEach(({ type, key }) => this.#contracts.set(type, key));
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
        // Whatever it is: what is no event got here because of that.
        metadata: { ...queueSettings(false), rawPayload: 'true' },
      },
    });
    assignLayer(subscription, Layer.COMPONENTS);
  }

  /** Of the topics whose dead letters it collects, one with most partitions. */
  public get sharedTopic(): Topic | undefined {
    return [...this.#topics].sort((a, b) => b.partitions - a.partitions)[0];
  }

  public get deploymentName(): string {
    return this.appId;
  }

  public allowEgress(peer: NetworkPeer): void {
    this.workload.allowEgress(peer);
  }

  public addSidecarSecret(variable: string, secret: SecretReference, key: string): void {
    this.workload.addSidecarSecret(variable, secret, key);
  }

  /** Gives the sidecar a file with certificates, at its own path. */
  public addSidecarFile(file: CertificateFile): void {
    this.workload.addSidecarFile(file);
  }

  public attachScaler(): void {
    this.#scaled = true;
  }
}
