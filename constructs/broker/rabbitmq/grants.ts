import { parseDeadLetterTopic, PUBLISH_PROOF } from '@cdk8s-event-platform/contracts/interface';
import { queueName, type QueueReader } from './queues.ts';

/** What an account may do, each a regular expression on names of exchanges and queues. */
export interface Rights {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

/** An expression for these names and no others; the empty one is for none. */
function only(names: readonly string[]): string {
  const escaped = [...new Set(names)].sort().map((name) => name.replaceAll('.', '\\.'));
  return escaped.length === 0 ? '' : `^(${escaped.join('|')})$`;
}

/** What apps may do. */
export class Grants {
  readonly #readers = new Map<string, QueueReader>();
  readonly #publishers = new Map<string, { topic: string; appId: string }>();

  /** Apps with the topics that they receive. */
  public get readers(): readonly QueueReader[] {
    return [...this.#readers.values()];
  }

  /** App ids that have been granted something. */
  public get clients(): readonly string[] {
    const grants = [...this.#readers.values(), ...this.#publishers.values()];
    return [...new Set(grants.map(({ appId }) => appId))].sort();
  }

  /** Lets an app receive a topic. Further calls change nothing. */
  public addReader(reader: QueueReader): void {
    const key = `${reader.topic} ${reader.appId}`;
    if (!this.#readers.has(key)) {
      this.#readers.set(key, reader);
    }
  }

  /** Lets an app publish to a topic. */
  public addPublisher(topic: string, appId: string): void {
    this.#publishers.set(`${topic} ${appId}`, { topic, appId });
  }

  /**
   * The least rights with which an app's sidecar works. It declares exchanges and queues each time
   * it connects, for which RabbitMQ wants the right to configure them, even when they are there.
   *
   * @see https://www.rabbitmq.com/docs/access-control#authorisation
   */
  public rightsOf(appId: string): Rights {
    const of = (grants: Iterable<{ topic: string; appId: string }>) =>
      [...grants].filter((grant) => grant.appId === appId).map(({ topic }) => topic);
    const received = of(this.#readers.values());
    const published = of(this.#publishers.values());
    if (published.some((topic) => parseDeadLetterTopic(topic) === undefined)) {
      published.push(PUBLISH_PROOF.topic);
    }
    const queues = received.map((topic) => queueName(topic, appId));
    return {
      configure: only([...received, ...published, ...queues]),
      // Binding a queue writes to it and reads from the exchange.
      write: only([...published, ...queues]),
      read: only([...received, ...queues]),
    };
  }
}
