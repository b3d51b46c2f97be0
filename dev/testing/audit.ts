import { parseDeadLetterTopic } from '@cdk8s-event-platform/contracts/interface';
import {
  eventIn,
  type EventIdentity,
  type Facts,
  nameOf,
  type PublishedRecord,
  textOf,
} from './facts.ts';

/** What has become of all events. A list has a line for each event and app. */
export interface Audit {
  /** Events that an app has handled once, summed over apps. */
  readonly handled: number;
  /** Events that an app has not handled, and never will. */
  readonly lost: readonly string[];
  /** Events whose handler was committed more than once. */
  readonly doubled: readonly string[];
  /** Events in the quarantine, with the reason. */
  readonly quarantined: readonly string[];
  /** Events in dead-letter topics that their app has not handled. */
  readonly deadLettered: readonly string[];
  /** Events and side effects that wait for `settle`, for a time, or for something that is interrupted. */
  readonly waiting: readonly string[];
}

/** An app that receives events. */
export interface Subscriber {
  readonly appId: string;
  /** Topics by the type of event that it subscribes to. */
  readonly topics: ReadonlyMap<string, string>;
  /** Its consumer groups, by topic. */
  readonly groups: ReadonlyMap<string, string>;
}

type Fate = 'handled' | 'doubled' | 'waiting' | 'failed' | 'lost';

/** Events, each once, without those of dead-letter topics. */
function publishedEvents({ accepted, records }: Facts): EventIdentity[] {
  const events = [
    ...accepted.map(eventIn),
    ...records.filter(({ topic }) => !parseDeadLetterTopic(topic)).map(({ event }) => event),
  ].flatMap((event) => event ?? []);
  return [...new Map(events.map((event) => [`${event.type} ${nameOf(event)}`, event])).values()];
}

/** Follows events from the outbox to the commits of their apps. */
class Fates {
  readonly #unsent: ReadonlySet<string>;
  readonly #failed: ReadonlySet<string>;
  readonly #records: ReadonlyMap<string, readonly PublishedRecord[]>;

  public constructor(private readonly facts: Facts) {
    const { outbox, quarantine, records } = facts;
    this.#unsent = new Set(outbox.flatMap(({ event }) => eventIn(event) ?? []).map(nameOf));
    this.#failed = new Set([
      ...quarantine.map((row) => `${row.consumer} ${nameOf(row)}`),
      ...this.deadLetters.flatMap(({ appId, event }) =>
        event ? [`${appId} ${nameOf(event)}`] : [],
      ),
    ]);
    this.#records = Map.groupBy(records, ({ event }) => (event ? nameOf(event) : ''));
  }

  /** Events of dead-letter topics, with the app that they were not delivered to. */
  public get deadLetters(): { appId: string; event: EventIdentity | undefined }[] {
    return this.facts.records.flatMap(({ topic, event }) => {
      const appId = parseDeadLetterTopic(topic)?.appId;
      return appId === undefined ? [] : [{ appId, event }];
    });
  }

  /** How often an app has committed what its handler does with an event. */
  public commits(appId: string, event: EventIdentity): number {
    return this.facts.handled.get(`${appId} ${nameOf(event)}`) ?? 0;
  }

  /** What has become of an event at an app; undefined when it does not subscribe to it. */
  public of({ appId, topics, groups }: Subscriber, event: EventIdentity): Fate | undefined {
    const topic = topics.get(event.type);
    if (topic === undefined) {
      return undefined;
    }
    const commits = this.commits(appId, event);
    if (commits > 0) {
      return commits === 1 ? 'handled' : 'doubled';
    }
    const isAhead = (record: PublishedRecord) =>
      record.topic === topic &&
      record.position >= this.facts.reached(groups.get(topic) ?? appId, record);
    const name = nameOf(event);
    if (this.#unsent.has(name) || (this.#records.get(name) ?? []).some(isAhead)) {
      return 'waiting';
    }
    return this.#failed.has(`${appId} ${name}`) ? 'failed' : 'lost';
  }
}

/** Compares what was published with what each subscriber has committed. */
export function audit(facts: Facts, subscribers: readonly Subscriber[]): Audit {
  const fates = new Fates(facts);
  const events = publishedEvents(facts);
  const all = subscribers.flatMap((subscriber) =>
    events.map((event) => ({
      fate: fates.of(subscriber, event),
      times: fates.commits(subscriber.appId, event),
      line: `${subscriber.appId}: ${textOf(event)}`,
    })),
  );
  const having = (wanted: Fate) => all.filter(({ fate }) => fate === wanted);
  const linesOf = (fate: Fate) => having(fate).map(({ line }) => line);
  return {
    handled: having('handled').length,
    lost: linesOf('lost'),
    doubled: having('doubled').map(({ line, times }) => `${line}, ${times} times`),
    quarantined: facts.quarantine
      .filter(({ reason }) => reason !== 'undelivered')
      .map((row) => `${row.consumer}: ${textOf(row)}, ${row.reason}: ${row.cause}`),
    deadLettered: fates.deadLetters
      .filter(({ appId, event }) => event === undefined || fates.commits(appId, event) === 0)
      .map(
        ({ appId, event }) => `${appId}: ${event ? textOf(event) : 'a message without an event'}`,
      ),
    waiting: [
      ...linesOf('waiting'),
      ...facts.outbox.flatMap(({ producer, event, problem }) =>
        problem === null ? [] : [`${producer}: set aside, ${problem}: ${event.slice(0, 200)}`],
      ),
      ...facts.effects.map(
        (row) =>
          `${row.consumer}: effect '${row.kind}' of ${row.id} of ${row.source} (${row.status}): ${row.problem}`,
      ),
    ],
  };
}
