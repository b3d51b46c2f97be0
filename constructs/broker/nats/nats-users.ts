import { deliverSubject, passwordVariable, streamName } from './nats-names.ts';

/** Where replies to requests of clients go. Clients choose the rest of the subject by chance. */
const REPLIES = '_INBOX.>';

/** A user of the servers and the subjects it may use. */
export interface NatsUser {
  readonly name: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** What apps may do, collected from their grants. */
export class NatsUsers {
  readonly #publish = new Map<string, Set<string>>();
  readonly #subscribe = new Map<string, Set<string>>();

  /** Lets an app publish to a topic. */
  public allowPublish(topic: string, appId: string): void {
    this.#allow(appId, [topic], []);
  }

  /**
   * Lets an app receive a topic: find the stream, look at its own consumer, hear what that sends,
   * and acknowledge it. It may not make, change or remove consumers.
   */
  public allowSubscribe(topic: string, appId: string): void {
    const consumer = `${streamName(topic)}.${appId}`;
    this.#allow(
      appId,
      [`$JS.API.STREAM.NAMES`, `$JS.API.CONSUMER.INFO.${consumer}`, `$JS.ACK.${consumer}.>`],
      [deliverSubject(topic, appId)],
    );
  }

  /** The apps, by name. */
  public get all(): readonly NatsUser[] {
    return [...this.#publish.keys()].sort().map((name) => ({
      name,
      publish: [...this.#publish.get(name)!].sort(),
      subscribe: [REPLIES, ...[...this.#subscribe.get(name)!].sort()],
    }));
  }

  #allow(appId: string, publish: readonly string[], subscribe: readonly string[]): void {
    const all = (of: Map<string, Set<string>>, subjects: readonly string[]) =>
      of.set(appId, new Set([...(of.get(appId) ?? []), ...subjects]));
    all(this.#publish, publish);
    all(this.#subscribe, subscribe);
  }
}

/** The user that brings streams and consumers about. It can neither read nor write events. */
export function provisioningUser(name: string): NatsUser {
  return {
    name,
    publish: [
      '$JS.API.INFO',
      '$JS.API.STREAM.CREATE.*',
      '$JS.API.STREAM.UPDATE.*',
      '$JS.API.CONSUMER.CREATE.>',
    ],
    subscribe: [REPLIES],
  };
}

/** A user that reads all streams, and sets where their consumers go on. It makes and removes nothing. */
export function toolboxUser(name: string): NatsUser {
  return {
    name,
    publish: [
      '$JS.API.STREAM.INFO.*',
      '$JS.API.STREAM.MSG.GET.*',
      '$JS.API.CONSUMER.LIST.*',
      '$JS.API.CONSUMER.RESET.*.*',
    ],
    subscribe: [REPLIES],
  };
}

/** A user as the configuration has it; its password is in a variable. */
export function userEntry(user: NatsUser): string {
  const list = (subjects: readonly string[]) =>
    `[${subjects.map((subject) => `"${subject}"`).join(', ')}]`;
  return `    { user: "${user.name}", password: $${passwordVariable(user.name)}, permissions: { publish: ${list(user.publish)}, subscribe: ${list(user.subscribe)} } }`;
}
