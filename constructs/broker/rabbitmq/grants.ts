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

/** Topics of one app. */
interface AppTopics {
  readonly received: Map<string, QueueReader>;
  readonly published: Set<string>;
}

/** What apps may do. */
export class Grants {
  readonly #apps = new Map<string, AppTopics>();

  /** Apps with the topics that they receive. */
  public get readers(): readonly QueueReader[] {
    return [...this.#apps.values()].flatMap(({ received }) => [...received.values()]);
  }

  /** App ids that have been granted something. */
  public get clients(): readonly string[] {
    return [...this.#apps.keys()].sort();
  }

  /** Lets an app receive a topic. Further calls change nothing. */
  public addReader(reader: QueueReader): void {
    const { received } = this.#topicsOf(reader.appId);
    if (!received.has(reader.topic)) {
      received.set(reader.topic, reader);
    }
  }

  /** Lets an app publish to a topic. */
  public addPublisher(topic: string, appId: string): void {
    this.#topicsOf(appId).published.add(topic);
  }

  #topicsOf(appId: string): AppTopics {
    const known = this.#apps.get(appId);
    const topics = known ?? { received: new Map<string, QueueReader>(), published: new Set() };
    this.#apps.set(appId, topics);
    return topics;
  }

  /**
   * The minimum rights with which an app's sidecar works. It declares exchanges and queues each time
   * it connects, for which RabbitMQ wants the right to configure them, even when they are there.
   *
   * @see https://www.rabbitmq.com/docs/access-control#authorisation
   */
  public rightsOf(appId: string): Rights {
    const topics = this.#apps.get(appId);
    const received = [...(topics?.received.keys() ?? [])];
    const published = [...(topics?.published ?? [])];
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
