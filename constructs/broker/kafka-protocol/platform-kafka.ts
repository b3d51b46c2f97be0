import { Duration, type Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { coded, type Problem, type Shape } from '@cdk8s-event-platform/contracts/internal';
import { minutesUp } from '../../core/quantities.ts';
import type { Compression } from '../../messaging/message-broker.ts';
import { longestRetention } from '../../messaging/topic-policies.ts';
import { EventPlatform } from '../../platform/event-platform.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import {
  type AdmitClientOptions,
  type AdmittedClient,
  AdmittedClients,
} from './admitted-clients.ts';
import { KafkaBroker } from './kafka-broker.ts';
import { storageProblems, topicProblems } from './kafka-checks.ts';
import { defaultCompression } from './kafka-component.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { storageFor } from './storage.ts';

/** A Kafka whose brokers are pods of the platform. */
export abstract class PlatformKafka extends KafkaBroker {
  /** How sidecars compress what they publish. */
  protected readonly compression: Compression | 'none';
  /** Clients in other namespaces. */
  protected readonly admitted = new AdmittedClients(this, () => this.clientNames);
  readonly #offsetsRetention: Duration | undefined;
  readonly #storage: Size | undefined;

  public constructor(
    scope: Construct,
    id: string,
    options: KafkaOptions & { readonly storage?: Size },
    shape: Shape<object>,
  ) {
    super(scope, id, options, shape);
    this.compression =
      options.compression ?? defaultCompression(EventPlatform.of(this).environment);
    this.#offsetsRetention = options.offsetsRetention;
    this.#storage = options.storage;
  }

  /** How long offsets of a group without members are kept: by default a day longer than any message. */
  public get offsetsRetention(): Duration {
    if (this.#offsetsRetention !== undefined) {
      return this.#offsetsRetention;
    }
    const retentions = [this.topicDefaults, ...this.declaredTopics.all].map((topic) =>
      minutesUp(longestRetention(topic.retention)),
    );
    return Duration.minutes(Math.max(...retentions) + minutesUp(Duration.days(1)));
  }

  /**
   * Admits a client in another namespace: pods there with the label `app.kubernetes.io/name: <name>` may connect, and
   * a user of that name may publish to and receive just these topics of the platform.
   *
   * @param name of the client.
   * @returns its account, `<name>-broker` in the platform's namespace, for its team to copy; undefined where
   * clients do not log in.
   * @throws DeclarationError when the options are not valid. Topics and names are checked when the platform is
   * rendered, so the order of declarations does not matter.
   * @example
   * kafka.admitClient('billing', { namespace: 'finance', receives: [OrderPlaced] });
   */
  public admitClient(name: string, options: AdmitClientOptions): SecretReference | undefined {
    return this.accountOf(this.admitted.add(name, options));
  }

  public publishedByOthers(topic: string): boolean {
    return this.admitted.publishTo(topic);
  }

  public receivedByOthers(topic: string): boolean {
    return this.admitted.receive(topic);
  }

  /** Kafka has settings for both. */
  public retentionProblem(): undefined {
    return undefined;
  }

  /** Brokers of the cluster. */
  protected abstract readonly brokerCount: number;
  /** Names of the clients in the platform's namespace. */
  protected abstract readonly clientNames: Iterable<string>;
  /** Makes the account of a client in another namespace. */
  protected abstract accountOf(client: AdmittedClient): SecretReference | undefined;

  /** Volume of each broker: as the options say, or what the topics need, and at least the minimum. */
  protected storageOf(minimum: Size): Size {
    const needed = storageFor(this.topics, this.brokerCount);
    return this.#storage ?? (needed.toMebibytes() > minimum.toMebibytes() ? needed : minimum);
  }

  protected topologyProblems(): readonly Problem[] {
    const { brokerCount: brokers, offsetsRetention, maxMessageSize } = this;
    return [
      ...coded(
        'EP3002',
        ...topicProblems(this.topics, { brokers, offsetsRetention, maxMessageSize }),
      ),
      ...coded('EP3001', ...storageProblems(this.#storage, storageFor(this.topics, brokers))),
    ];
  }
}
