import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type { IMessageBroker } from '../messaging/message-broker.ts';
import { type EventContract } from '@cdk8s-event-platform/contracts';
import { deadLetterTopic, PUBLISH_PROOF } from '@cdk8s-event-platform/contracts/interface';
import {
  coded,
  contractProblems,
  having,
  optional,
  type Shape,
  shown,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import { EventPlatform } from '../platform/event-platform.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import { commonLabels, requireDnsLabel } from '../core/names.ts';
import { Problems, reportAll, validateLater } from '../core/problems.ts';
import { otherPlatformProblem } from '../platform/same-platform.ts';
import { Component } from '../imports/dapr.io.ts';
import { bindingProblems } from './binding-problems.ts';
import { setting } from '../messaging/component-metadata.ts';
import { commandProblems } from '../messaging/command-handlers.ts';
import { disagreements, useContracts } from '../messaging/contract-registry.ts';
import {
  IMPORT_TOPIC_OPTIONS,
  Topic,
  TOPIC_OPTIONS,
  type TopicOptions,
  topicOptionProblems,
  type TopicProps,
  type ImportTopicOptions,
  retentionProblem,
} from '../messaging/topic.ts';

/** Properties of {@link DaprPubSub}. */
export interface DaprPubSubProps {
  /** The broker behind the component. */
  readonly broker: IMessageBroker;
  /** Name of the component, which apps publish to. It stays when the broker changes. @default - the id */
  readonly name?: string;
}

const SHAPE: Shape<DaprPubSubProps> = {
  broker: having('a broker, e.g. a KafkaCluster', 'pubSubBinding', 'addTopic'),
  name: optional(text),
};

function nameOf(contract: unknown): string {
  return shown((contract as Partial<EventContract> | undefined)?.type);
}

/**
 * The Dapr component that connects apps to a broker, and the topics behind it. Every app is listed
 * with just the topics that it publishes to and receives.
 *
 * @see https://docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-scopes/
 */
export class DaprPubSub extends Construct {
  /** Name of the component. */
  public readonly name: string;
  /** The broker behind the component. */
  public readonly broker: IMessageBroker;
  /** The generated object. */
  public readonly component: Component;
  readonly #topics = new Map<string, Topic>();
  /** Where topics are in the tree: a topic may have the name of another child. */
  readonly #topicScope: Construct;

  public constructor(scope: Construct, id: string, props: DaprPubSubProps) {
    super(scope, id);
    assignLayer(this, Layer.COMPONENTS);
    const problems = new Problems(this);
    problems.props(props, SHAPE);
    problems.add(...coded('EP5002', otherPlatformProblem(this, 'broker', props.broker)));
    problems.report();
    this.name = requireDnsLabel(this, 'name', props.name ?? id);
    this.broker = props.broker;
    this.#topicScope = new Construct(this, 'topics');
    const binding = props.broker.pubSubBinding();
    this.component = new Component(this, 'component', {
      metadata: { name: this.name, labels: commonLabels(this.name, 'dapr') },
      scopes: Lazy.any({ produce: () => this.#appIds() }) as string[],
      spec: {
        type: binding.type,
        version: binding.version,
        metadata: Lazy.any({
          produce: () => [
            ...binding.metadata,
            ...this.#scoping(binding.type === PUBLISH_PROOF.componentType),
          ],
        }) as never,
      },
    });
    validateLater(this, () => [
      ...coded(
        'EP3003',
        ...bindingProblems(binding, EventPlatform.of(this).environment.production),
      ),
      ...coded('EP2004', ...this.#unpublished()),
      ...coded('EP2011', ...this.#unread()),
      ...coded('EP2012', ...this.#compactedTogether()),
      ...coded('EP2015', ...commandProblems(this.topics)),
    ]);
  }

  /** The topics behind the component, by name. */
  public get topics(): readonly Topic[] {
    return [...this.#topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Declares the topic of an event with sizes of its own. Without it, the first app that publishes
   * or receives the event declares it with the broker's.
   *
   * @throws DeclarationError when the topic is declared already, or the contract is not usable.
   */
  public addTopic(contract: EventContract, options: TopicOptions = {}): Topic {
    this.#checkTopic(contract, options, TOPIC_OPTIONS, 'addTopic');
    return this.#declare(contract, options);
  }

  /**
   * Declares the topic of an event that another team or platform provides on a broker that both share. The
   * platform neither provisions it nor expects a publisher of its own; dead letters of its apps are its own.
   *
   * @throws DeclarationError when the broker is the platform's alone, the topic is declared already, or the
   * contract is not usable.
   * @example
   * pubSub.importTopic(InvoicePaid, { partitions: 12 });
   */
  public importTopic(contract: EventContract, options: ImportTopicOptions = {}): Topic {
    const { broker } = this;
    this.#checkTopic(contract, options, IMPORT_TOPIC_OPTIONS, 'importTopic');
    reportAll(
      this,
      coded(
        'EP3005',
        broker.importTopic === undefined &&
          `topic '${contract.topic}' cannot be imported: broker '${broker.node.path}' is the platform's alone, so nobody else provisions topics there; use addTopic, or KafkaCluster.fromBootstrap for a Kafka that is shared`,
      ),
    );
    return this.#declare(contract, { ...options, imported: true });
  }

  /** Whether an app publishes to a topic behind the component, or receives one: its sidecar loads it. @internal */
  public isUsedBy(appId: string): boolean {
    return [...this.#topics.values()].some((topic) => topic.isUsedBy(appId));
  }

  /** A topic behind the component. */
  public findTopic(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  /** The topic of an event, declared with the broker's sizes where that has not been done. */
  public topicOf(contract: EventContract): Topic {
    const known = this.#topics.get(contract.topic);
    if (known === undefined) {
      return this.addTopic(contract);
    }
    const problems = new Problems(this);
    problems.add(...disagreements(this, { names: [contract] }));
    problems.report();
    useContracts(this, { names: [contract] });
    known.addContract(contract);
    return known;
  }

  #checkTopic<Options extends TopicOptions>(
    contract: EventContract,
    options: Options,
    shape: Shape<Options>,
    method: string,
  ): void {
    const wrong = contractProblems(contract);
    const problems = new Problems(this);
    problems.add(
      ...coded(
        'EP2001',
        ...wrong.map((problem) => `event contract ${nameOf(contract)}: ${problem}`),
      ),
    );
    problems.props(options, shape);
    problems.add(
      ...disagreements(this, { names: [contract] }),
      ...coded(
        'EP3005',
        this.#topics.has(contract.topic) &&
          `topic '${contract.topic}' is declared already: call ${method} once, before the apps that use it`,
      ),
    );
    problems.report();
    problems.add(
      ...coded(
        'EP3002',
        ...topicOptionProblems(this.broker, options).map(
          (found) => `topic '${contract.topic}': ${found}`,
        ),
      ),
    );
    const kept = retentionProblem(this.broker, options.retention);
    problems.add(...coded('EP3006', kept && `topic '${contract.topic}': ${kept}`));
    problems.report();
  }

  #declare(contract: EventContract, props: Omit<TopicProps, 'broker'>): Topic {
    const topic = new Topic(this.#topicScope, contract.topic, { ...props, broker: this.broker });
    useContracts(this, { names: [contract] });
    topic.addContract(contract);
    this.#topics.set(topic.name, topic);
    return topic;
  }

  #appIds(): string[] {
    return [
      ...new Set(
        this.topics.flatMap((topic) => [
          ...topic.publishers,
          ...topic.subscribers,
          ...topic.collectors,
          ...topic.operators,
        ]),
      ),
    ].sort();
  }

  /**
   * An app that is not listed could use every topic, so each is, if only with an empty list.
   *
   * @param proof whether producers have to prove what they have published.
   */
  #scoping(proof: boolean) {
    const { topics } = this;
    const appIds = this.#appIds();
    const publishes = new Map(appIds.map((appId) => [appId, [] as string[]]));
    const receives = new Map(appIds.map((appId) => [appId, [] as string[]]));
    for (const topic of topics) {
      [...topic.publishers, ...topic.operators].forEach((appId) =>
        publishes.get(appId)!.push(topic.name),
      );
      for (const appId of topic.subscribers) {
        // A sidecar publishes what its app could not process to the app's dead letters.
        publishes.get(appId)!.push(deadLetterTopic(topic.name, appId));
        receives.get(appId)!.push(topic.name);
      }
      for (const appId of topic.collectors) {
        receives.get(appId)!.push(...topic.collectedBy(appId));
      }
    }
    if (proof) {
      new Set(topics.flatMap((topic) => [...topic.publishers, ...topic.operators])).forEach(
        (appId) => publishes.get(appId)!.push(PUBLISH_PROOF.topic),
      );
    }
    const names = [
      ...topics.flatMap((topic) => [topic.name, ...topic.deadLetterTopics]),
      ...(proof ? [PUBLISH_PROOF.topic] : []),
    ].join(',');
    const listed = (lists: ReadonlyMap<string, readonly string[]>) =>
      [...lists].map(([appId, list]) => `${appId}=${list.join(',')}`).join(';');
    return [
      setting('allowedTopics', names),
      setting('protectedTopics', names),
      setting('publishingScopes', listed(publishes)),
      setting('subscriptionScopes', listed(receives)),
    ];
  }

  /** Types of events that would take each other's place: compaction knows a key and no type. */
  #compactedTogether(): string[] {
    return this.topics.flatMap(({ name, spec, contracts }) => {
      const types = [...new Set(contracts.map(({ type }) => type))].sort();
      return spec.retention === 'compacted' && types.length > 1
        ? [
            `topic '${name}' has retention 'compacted' and carries ${types.map((type) => `'${type}'`).join(', ')}, of which Kafka would keep one for each key: give each type a topic of its own, or use 'unlimited'`,
          ]
        : [];
    });
  }

  /** Versions of events that apps receive and do not read. */
  #unread(): string[] {
    return this.topics.flatMap((topic) =>
      topic.unread.map(
        ({ subscriber, contract }) =>
          `topic '${topic.name}' brings '${contract}' to ${subscriber}, which reads other versions of it: list the contract under 'subscribes' of its manifest, with a handler or an upcast, or publish it to a topic of its own`,
      ),
    );
  }

  /**
   * Events that apps of the platform receive and none publishes. While a version replaces another one, one of them is
   * not published yet, or no longer.
   */
  #unpublished(): string[] {
    const published = new Set(
      this.topics.flatMap((topic) => topic.publishers.flatMap((appId) => topic.publishedBy(appId))),
    );
    const isPublished = ({ type }: EventContract) => published.has(type);
    return [
      ...this.topics
        .filter(
          ({ publishedByOthers, subscribers, publishers, contracts }) =>
            !publishedByOthers &&
            subscribers.length > 0 &&
            publishers.length === 0 &&
            !contracts.every(isPublished),
        )
        .map(
          (topic) =>
            `topic '${topic.name}' is received by ${topic.subscribers.join(', ')}, and nothing publishes to it: declare an EventProducer whose manifest lists ${topic.contracts.map(({ type }) => `'${type}'`).join(', ')}`,
        ),
      ...this.topics
        .filter((topic) => topic.publishers.length > 0)
        .flatMap((topic) =>
          [...topic.unpublished]
            .filter(([type]) => !published.has(type))
            .map(
              ([type, appIds]) =>
                `event '${type}' is received by ${appIds.join(', ')}, and of those that publish to topic '${topic.name}' (${topic.publishers.join(', ')}) no manifest lists it: list it under 'publishes' of one, or take it from 'subscribes'`,
            ),
        ),
    ];
  }
}
