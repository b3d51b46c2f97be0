import { Duration } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { DeclarationError } from '../../core/errors.ts';
import { minutesUp } from '../../core/quantities.ts';
import type { TopicSpec } from '../../messaging/message-broker.ts';

/** The topics of a Kafka. */
export class KafkaTopics {
  readonly #topics = new Map<string, TopicSpec>();

  /** @param broker that has them, for errors. */
  public constructor(private readonly broker: IConstruct) {}

  /** All of them, by name. */
  public get all(): readonly TopicSpec[] {
    return [...this.#topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Adds a topic. @throws DeclarationError when there is one of its name. */
  public add(spec: TopicSpec): void {
    if (this.#topics.has(spec.name)) {
      throw new DeclarationError(
        this.broker,
        `topic '${spec.name}' is declared twice: declare it once`,
      );
    }
    this.#topics.set(spec.name, spec);
  }

  /**
   * How long offsets of a group without members are kept where nobody says: a day longer than any message.
   *
   * @param retention of topics that have none of their own.
   */
  public offsetsRetention(retention: Duration): Duration {
    const longest = Math.max(
      minutesUp(retention),
      ...[...this.#topics.values()].map((topic) => minutesUp(topic.retention)),
    );
    return Duration.minutes(longest + minutesUp(Duration.days(1)));
  }
}
