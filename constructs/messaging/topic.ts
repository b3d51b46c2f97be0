import { Duration, type Size, SizeRoundingBehavior } from 'cdk8s';
import { Construct } from 'constructs';
import type { Compression, IMessageBroker, TopicSpec } from './message-broker.ts';
import {
  duration,
  number,
  oneOf,
  optional,
  type Shape,
  size,
  whole,
} from '@cdk8s-event-platform/contracts/internal';
import { type EventContract } from '@cdk8s-event-platform/contracts';
import { contractName, deadLetterTopic } from '@cdk8s-event-platform/contracts/interface';
import type { IEventApp } from './event-app.ts';
import { isTimed, RETENTION, type Retention, type StartPosition } from './topic-policies.ts';

/** Sizes of a topic; what is left out comes from the broker. */
export interface TopicOptions {
  /** Partitions: the most pods of one consumer that can share the topic. @default - the broker's, 3 */
  readonly partitions?: number;
  /** Copies of each partition. @default - the broker's */
  readonly replicationFactor?: number;
  /** Copies that must have a message before it is confirmed. @default - the broker's, or one less than the copies */
  readonly minInSyncReplicas?: number;
  /**
   * How long events are kept: for a time, for good (`unlimited`), or the newest event of each key for good
   * (`compacted`), which loses the history of a key. @default - the broker's, 7 days
   */
  readonly retention?: Retention;
  /** How the broker keeps messages, where it can choose (Kafka). @default - as they come */
  readonly compression?: Compression;
  /** Largest event, where it is smaller than the broker's. @default - the broker's */
  readonly maxMessageSize?: Size;
  /**
   * Volume of events in one second, on average. Brokers of a cluster get volumes that are large
   * enough for it.
   * @default - not known: volumes have the environment's size
   */
  readonly throughput?: Size;
  /**
   * How long dead letters are kept. @default - four times the retention, or the broker's where events are kept
   * for good, so that nobody has to hurry
   */
  readonly deadLetterRetention?: Duration;
}

/** What a platform expects of a topic that others provide. */
export interface ImportTopicOptions {
  /** Partitions that the topic has: they limit the pods of a consumer. @default - the broker's, 3 */
  readonly partitions?: number;
  /** How long events are kept, from which follows how long dead letters are. @default - the broker's, 7 days */
  readonly retention?: Retention;
  /** Largest event, where it is smaller than the broker's. @default - the broker's */
  readonly maxMessageSize?: Size;
  /** How long dead letters of the platform's own apps are kept. @default - four times the retention */
  readonly deadLetterRetention?: Duration;
}

/** Properties of {@link Topic}. */
export interface TopicProps extends TopicOptions {
  /** The broker that has the topic. */
  readonly broker: IMessageBroker;
  /** Whether others provision the topic, and publish to it. @default false */
  readonly imported?: boolean;
}

/** What each size of a topic has to be; brokers check what they can keep. */
export const TOPIC_OPTIONS: Shape<TopicOptions> = {
  partitions: optional(number()),
  replicationFactor: optional(number()),
  minInSyncReplicas: optional(number()),
  retention: optional(RETENTION),
  compression: optional(oneOf('gzip', 'snappy', 'lz4', 'zstd')),
  maxMessageSize: optional(size),
  throughput: optional(size),
  deadLetterRetention: optional(duration),
};

/** What each expectation of an imported topic has to be. */
export const IMPORT_TOPIC_OPTIONS: Shape<ImportTopicOptions> = {
  partitions: optional(whole(1)),
  retention: optional(RETENTION),
  maxMessageSize: optional(size),
  deadLetterRetention: optional(duration),
};

function bytesOf(amount: Size): number {
  return amount.toKibibytes({ rounding: SizeRoundingBehavior.NONE }) * 1024;
}

/** Why a broker cannot keep the events of a topic so, with the remedy; undefined when it can. */
export function retentionProblem(
  broker: IMessageBroker,
  retention: Retention | undefined,
): string | undefined {
  if (retention === undefined || isTimed(retention)) {
    return undefined;
  }
  const problem = broker.retentionProblem
    ? broker.retentionProblem(retention)
    : `broker '${broker.node.path}' keeps events for a time only: use a Duration`;
  return problem && `retention '${retention}' cannot be kept: ${problem}`;
}

/** Every reason why a topic would keep nothing, or take nothing; empty when it would not. */
export function topicOptionProblems(broker: IMessageBroker, options: TopicOptions): string[] {
  const { retention = broker.topicDefaults.retention, deadLetterRetention } = options;
  const { maxMessageSize = broker.maxMessageSize, throughput } = options;
  return [
    ...Object.entries({ retention, deadLetterRetention }).flatMap(([what, value]) => {
      const seconds =
        value === undefined || !isTimed(value) ? undefined : value.toSeconds({ integral: false });
      return seconds === undefined || (seconds >= 1 && Number.isInteger(seconds * 1000))
        ? []
        : [`${what} (${seconds} s) is too short to keep events: use 1 second or more`];
    }),
    ...Object.entries({ maxMessageSize, throughput }).flatMap(([what, value]) =>
      value === undefined || bytesOf(value) >= 1
        ? []
        : [`${what} (${bytesOf(value)} bytes) must be at least 1 KiB`],
    ),
    ...(throughput === undefined || isTimed(retention)
      ? []
      : [
          `throughput (${bytesOf(throughput)} bytes a second) of a topic with retention '${retention}' says nothing of the volume that it fills: leave throughput out, and set storage of the broker`,
        ]),
  ];
}

/**
 * A topic of the platform: who may publish to it and who receives from it. `DaprPubSub` creates it, as
 * `topics/<name>` below itself; the broker renders the objects.
 */
export class Topic extends Construct {
  /** Name on the broker, which is the id. */
  public readonly name: string;
  /** What the broker has to provide. */
  public readonly spec: TopicSpec;
  /** Whether others provision the topic, and publish to it. */
  public readonly imported: boolean;
  readonly #broker: IMessageBroker;
  /** How long dead letters are kept. */
  public readonly deadLetterRetention: Duration;
  readonly #collectors = new Map<string, string>();
  readonly #contracts = new Map<string, EventContract>();
  readonly #publishers = new Map<string, IEventApp>();
  readonly #operators = new Map<string, IEventApp>();
  readonly #subscribers = new Map<string, IEventApp>();
  readonly #starts = new Map<string, StartPosition>();

  public constructor(scope: Construct, id: string, props: TopicProps) {
    super(scope, id);
    const { broker, imported = false } = props;
    const { topicDefaults } = broker;
    const replicationFactor = props.replicationFactor ?? topicDefaults.replicationFactor;
    const retention = props.retention ?? topicDefaults.retention;
    this.name = id;
    this.imported = imported;
    this.#broker = broker;
    const contracts = this.#contracts;
    this.spec = {
      name: id,
      // Contracts come later.
      get ordered() {
        return [...contracts.values()].some(({ ordered }) => ordered === true);
      },
      partitions: props.partitions ?? topicDefaults.partitions,
      replicationFactor,
      minInSyncReplicas:
        props.minInSyncReplicas ??
        Math.min(topicDefaults.minInSyncReplicas, Math.max(1, replicationFactor - 1)),
      retention,
      ...(props.compression !== undefined && { compression: props.compression }),
      ...(props.maxMessageSize !== undefined && { maxMessageSize: props.maxMessageSize }),
      ...(props.throughput !== undefined && { throughput: props.throughput }),
    };
    this.deadLetterRetention =
      props.deadLetterRetention ??
      Duration.millis(
        4 * (isTimed(retention) ? retention : topicDefaults.retention).toMilliseconds(),
      );
    if (imported) {
      broker.importTopic!(this.spec);
    } else {
      broker.addTopic(this.spec);
    }
  }

  /** Partitions of the topic. */
  public get partitions(): number {
    return this.spec.partitions;
  }

  /** Whether clients outside the platform publish to the topic: what they publish, no manifest lists. */
  public get publishedByOthers(): boolean {
    return this.imported || this.#broker.publishedByOthers?.(this.name) === true;
  }

  /** Whether clients outside the platform may receive the topic. */
  public get receivedByOthers(): boolean {
    return this.imported || this.#broker.receivedByOthers?.(this.name) === true;
  }

  /** App ids that receive the events of a contract from the topic. */
  public handlersOf(contract: EventContract): readonly string[] {
    const name = contractName(contract);
    return [...this.#subscribers.values()]
      .filter(({ manifest }) =>
        (manifest.subscribes ?? []).some((each) => contractName(each) === name),
      )
      .map(({ appId }) => appId)
      .sort();
  }

  /** The events that the topic carries. */
  public get contracts(): readonly EventContract[] {
    return [...this.#contracts.values()];
  }

  /** App ids that may publish. */
  public get publishers(): readonly string[] {
    return [...this.#publishers.keys()].sort();
  }

  /** Types of the events that an app publishes to the topic, as its image's manifest says. */
  public publishedBy(appId: string): readonly string[] {
    return (this.#publishers.get(appId)?.manifest.publishes ?? [])
      .filter((contract) => contract.topic === this.name)
      .map(({ type }) => type)
      .sort();
  }

  /**
   * Types that apps receive from the topic and no manifest publishes to it, with these apps. An app that may publish and
   * whose manifest says nothing of the topic may publish all of them, and so may clients outside the platform.
   */
  public get unpublished(): ReadonlyMap<string, readonly string[]> {
    const published = this.publishers.map((appId) => this.publishedBy(appId));
    const found = new Map<string, string[]>();
    if (this.publishedByOthers || published.some((types) => types.length === 0)) {
      return found;
    }
    const known = new Set(published.flat());
    for (const { appId, manifest } of this.#subscribers.values()) {
      for (const { type, topic } of manifest.subscribes ?? []) {
        if (topic === this.name && !known.has(type)) {
          found.set(type, [...(found.get(type) ?? []), appId].sort());
        }
      }
    }
    return found;
  }

  /** Versions that apps publish to the topic and a subscriber of their type does not read: names of both. */
  public get unread(): readonly { readonly subscriber: string; readonly contract: string }[] {
    const onTopic = (contracts: readonly EventContract[] = []) =>
      contracts.filter(({ topic }) => topic === this.name);
    const published = new Map(
      [...this.#publishers.values()].flatMap(({ manifest }) =>
        onTopic(manifest.publishes).map((contract) => [contractName(contract), contract.type]),
      ),
    );
    return [...this.#subscribers.values()].flatMap(({ appId, manifest }) => {
      const types = new Set(onTopic(manifest.subscribes).map(({ type }) => type));
      const read = new Set((manifest.subscribes ?? []).map(contractName));
      return [...published]
        .filter(([contract, type]) => types.has(type) && !read.has(contract))
        .map(([contract]) => ({ subscriber: appId, contract }));
    });
  }

  /** App ids of operators that may publish. */
  public get operators(): readonly string[] {
    return [...this.#operators.keys()].sort();
  }

  /** App ids that receive the topic. */
  public get subscribers(): readonly string[] {
    return [...this.#subscribers.keys()].sort();
  }

  /** Where a subscriber starts when its group is new; undefined where it does not say. */
  public startOf(appId: string): StartPosition | undefined {
    return this.#starts.get(appId);
  }

  /** Names of the dead-letter topics, one for each subscriber. */
  public get deadLetterTopics(): readonly string[] {
    return this.subscribers.map((appId) => deadLetterTopic(this.name, appId));
  }

  /** App ids that collect dead letters of the topic. */
  public get collectors(): readonly string[] {
    return [...new Set(this.#collectors.values())].sort();
  }

  /** Dead-letter topics that an app collects. */
  public collectedBy(appId: string): readonly string[] {
    return [...this.#collectors].flatMap(([name, collector]) =>
      collector === appId ? [name] : [],
    );
  }

  /** Whether an app publishes to the topic, receives it, or collects its dead letters. @internal */
  public isUsedBy(appId: string): boolean {
    return (
      this.#publishers.has(appId) ||
      this.#subscribers.has(appId) ||
      this.#operators.has(appId) ||
      this.collectors.includes(appId)
    );
  }

  /** Adds an event that the topic carries. */
  public addContract(contract: EventContract): void {
    this.#contracts.set(contractName(contract), contract);
  }

  /** Lets an app publish to the topic. */
  public grantPublish(app: IEventApp): void {
    this.#publishers.set(app.appId, app);
    this.#broker.grantPublish(this.name, app);
  }

  /** Lets an app of operators publish to the topic. It is none of its publishers: nobody relies on its events. */
  public grantOperate(app: IEventApp): void {
    this.#operators.set(app.appId, app);
    this.#broker.grantPublish(this.name, app);
  }

  /**
   * Lets an app receive the topic as a consumer group of its own, and has its dead-letter topic
   * provisioned with as many partitions, so that a key's order is kept there too.
   *
   * @param ordered whether events of one key have to be processed in their order.
   * @param startFrom where the group starts when it is new. @default - where groups of the broker start
   */
  public grantSubscribe(app: IEventApp, ordered = false, startFrom?: StartPosition): void {
    if (this.#subscribers.has(app.appId)) {
      return;
    }
    this.#subscribers.set(app.appId, app);
    if (startFrom !== undefined) {
      this.#starts.set(app.appId, startFrom);
    }
    this.#broker.grantSubscribe(this.name, app, { ordered, startFrom });
    const name = deadLetterTopic(this.name, app.appId);
    // Few events are expected in it: the throughput is the topic's alone.
    // Later events of its key were processed: a dead letter has no order.
    const deadLetters = {
      ...this.spec,
      ...{ name, retention: this.deadLetterRetention, ordered: false },
    };
    delete deadLetters.throughput;
    this.#broker.addTopic(deadLetters);
    this.#broker.grantPublish(name, app);
  }

  /** Lets an app receive the dead letters of one subscriber. */
  public grantCollect(collector: IEventApp, subscriber: IEventApp): void {
    const name = deadLetterTopic(this.name, subscriber.appId);
    this.#collectors.set(name, collector.appId);
    this.#broker.grantSubscribe(name, collector, { ordered: false });
  }
}
