import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type { IMessageBroker } from '../broker/message-broker.ts';
import {
  contractProblems,
  deadLetterTopic,
  type EventContract,
  PUBLISH_PROOF,
} from '../contracts/index.ts';
import { DeclarationError } from '../core/errors.ts';
import { EventPlatform } from '../core/event-platform.ts';
import { assignLayer, Layer } from '../core/layers.ts';
import { commonLabels, requireDnsLabel } from '../core/names.ts';
import { Component } from '../imports/dapr.io.ts';
import { bindingProblems } from './binding-problems.ts';
import { setting } from './component-metadata.ts';
import { Topic, type TopicOptions, topicOptionProblems } from './topic.ts';

/** Properties of {@link DaprPubSub}. */
export interface DaprPubSubProps {
  /** The broker behind the component. */
  readonly broker: IMessageBroker;
  /** Name of the component, which apps publish to. It stays when the broker changes. @default - the id */
  readonly name?: string;
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

  public constructor(scope: Construct, id: string, props: DaprPubSubProps) {
    super(scope, id);
    assignLayer(this, Layer.COMPONENTS);
    this.name = requireDnsLabel(this, 'name', props.name ?? id);
    this.broker = props.broker;
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
    this.node.addValidation({
      validate: () => [
        ...bindingProblems(binding, EventPlatform.of(this).environment.production).map(
          (problem) => `${this.node.path}: ${problem}`,
        ),
        ...this.topics
          .filter((topic) => topic.subscribers.length > 0 && topic.publishers.length === 0)
          .map(
            (topic) =>
              `${this.node.path}: topic '${topic.name}' is received by ${topic.subscribers.join(', ')}, and nothing publishes to it: declare an EventProducer whose manifest lists ${topic.contracts.map(({ type }) => `'${type}'`).join(', ')}`,
          ),
      ],
    });
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
    const [problem] = contractProblems(contract);
    if (problem !== undefined) {
      throw new DeclarationError(this, `event contract '${contract.type}': ${problem}`);
    }
    if (this.#topics.has(contract.topic)) {
      throw new DeclarationError(
        this,
        `topic '${contract.topic}' is declared already: call addTopic once, before the apps that use it`,
      );
    }
    const sizes = topicOptionProblems(this.broker, options);
    if (sizes.length > 0) {
      throw new DeclarationError(
        this,
        ...sizes.map((found) => `topic '${contract.topic}': ${found}`),
      );
    }
    const topic = new Topic(this.broker, contract.topic, options);
    topic.addContract(contract);
    this.#topics.set(topic.name, topic);
    return topic;
  }

  /** The topic of an event, declared with the broker's sizes where that has not been done. */
  public topicOf(contract: EventContract): Topic {
    const topic = this.#topics.get(contract.topic) ?? this.addTopic(contract);
    topic.addContract(contract);
    return topic;
  }

  #appIds(): string[] {
    return [
      ...new Set(
        this.topics.flatMap((topic) => [
          ...topic.publishers,
          ...topic.subscribers,
          ...topic.collectors,
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
    const listed = (topicsOf: (appId: string) => string[]) =>
      this.#appIds()
        .map((appId) => `${appId}=${topicsOf(appId).join(',')}`)
        .join(';');
    const names = [
      ...this.topics.flatMap((topic) => [topic.name, ...topic.deadLetterTopics]),
      ...(proof ? [PUBLISH_PROOF.topic] : []),
    ].join(',');
    const publishes = (appId: string) =>
      this.topics.some((topic) => topic.publishers.includes(appId));
    return [
      setting('allowedTopics', names),
      setting('protectedTopics', names),
      setting(
        'publishingScopes',
        listed((appId) => [
          ...this.topics.flatMap((topic) => [
            ...(topic.publishers.includes(appId) ? [topic.name] : []),
            // A sidecar publishes what its app could not process to the app's dead letters.
            ...(topic.subscribers.includes(appId) ? [deadLetterTopic(topic.name, appId)] : []),
          ]),
          ...(proof && publishes(appId) ? [PUBLISH_PROOF.topic] : []),
        ]),
      ),
      setting(
        'subscriptionScopes',
        listed((appId) =>
          this.topics.flatMap((topic) => [
            ...(topic.subscribers.includes(appId) ? [topic.name] : []),
            ...topic.collectedBy(appId),
          ]),
        ),
      ),
    ];
  }
}
