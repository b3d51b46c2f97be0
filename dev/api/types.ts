/** What the HTTP API of `event-platform dev` answers with: JSON, times in RFC 3339, durations in milliseconds. */
import type {
  Group,
  OperatedCommand,
  OperatedSaga,
} from '@cdk8s-event-platform/runtime/dead-letters';
import type { PlatformModel } from 'cdk8s-event-platform';

/** `GET /api/platform`: what does not change while a platform runs. */
export interface PlatformView {
  /** Id of the EventPlatform. */
  readonly name: string;
  readonly environment: string;
  readonly model: PlatformModel;
  readonly contracts: readonly ContractView[];
  /** The broker that has the events, of which this API knows nothing. @default - the one in this process */
  readonly realBroker?: string;
}

/** A contract of an event. */
export interface ContractView {
  readonly type: string;
  readonly version: string;
  readonly topic: string;
  /** Its property, or those of a composite key with `:` between them. */
  readonly key: string;
  readonly description: string;
  readonly schema: object;
}

/** `GET /api/status`: what changes all the time. Rates are events per second over the last seconds. */
export interface StatusView {
  readonly time: string;
  readonly apps: readonly AppView[];
  readonly topics: readonly TopicNumbers[];
  readonly groups: readonly GroupNumbers[];
  readonly databases: readonly DatabaseNumbers[];
  readonly faults: FaultsView;
  /** Why sources or chart, as they are now, do not run; empty when they do. */
  readonly problems: readonly string[];
}

/** An app as a process of this machine. */
export interface AppView {
  readonly appId: string;
  readonly state: 'running' | 'ended';
  /** Port of its HTTP API. */
  readonly port: number;
  /** Port for a debugger. */
  readonly debugPort: number;
  /** How often it was started. */
  readonly starts: number;
}

/** A topic in numbers. */
export interface TopicNumbers {
  readonly topic: string;
  readonly partitions: number;
  readonly events: number;
  readonly rate: number;
}

/** An app's consumer group in a topic. */
export interface GroupNumbers {
  readonly appId: string;
  readonly topic: string;
  /** Events that are not processed yet. */
  readonly lag: number;
  readonly rate: number;
}

/** A database in numbers. */
export interface DatabaseNumbers {
  readonly database: string;
  /** False during an outage: there are no numbers then. */
  readonly available: boolean;
  /** Events that are committed and not published yet, by producer. */
  readonly outbox: Readonly<Record<string, number>>;
  /** Events that a consumer could not process, by consumer. */
  readonly quarantine: Readonly<Record<string, number>>;
}

/** `GET` and `PUT /api/faults`: what deliveries suffer from. */
export interface FaultsView {
  /** Share of deliveries, 0 to 1, that come a second time. */
  readonly duplicates: number;
  /** Share of deliveries, 0 to 1, whose answer is lost. */
  readonly loseAnswers: number;
  /** Milliseconds before each delivery. */
  readonly delay: number;
  /** Whether sidecars cannot reach state stores. @default - as before */
  readonly stateDown?: boolean;
}

/** Where an event is on the broker. */
export interface EventPlace {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
}

/** `GET /api/topics/{topic}/events`: the newest first. */
export interface EventSummary extends EventPlace {
  readonly publishedAt: string;
  readonly key: string | null;
  /** Attributes of the CloudEvent. @default - the content is something else */
  readonly type?: string;
  readonly id?: string;
  readonly source?: string;
  /** Why its data do not match its contract; empty when they do. */
  readonly problems: readonly string[];
}

/** `GET /api/topics/{topic}/events/{partition}/{position}`: an event, and everything that followed from it. */
export interface EventDetail extends EventSummary {
  /** The event as JSON, or its bytes as text. */
  readonly content: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly consumers: readonly ConsumerPath[];
  /** Events that name this one as their cause. */
  readonly followedBy: readonly EventSummary[];
  /** Spans of its trace, in the order of their start. */
  readonly spans: readonly SpanView[];
}

/** What one consumer has done with an event. */
export interface ConsumerPath {
  readonly appId: string;
  readonly database: string;
  readonly outcome: 'processed' | 'quarantined';
  readonly at: string;
  /** Rows that the transaction has left, by table. */
  readonly rows: Readonly<Record<string, readonly object[]>>;
  /** Side effects that were scheduled. */
  readonly effects: readonly EffectView[];
  /** Why it is in the quarantine. @default - it was processed */
  readonly cause?: string;
}

/** A side effect of an event. */
export interface EffectView {
  readonly kind: string;
  readonly status: string;
  readonly payload: unknown;
  readonly error: string | null;
}

/** A span of a trace. */
export interface SpanView {
  readonly app: string;
  readonly name: string;
  readonly spanId: string;
  /** @default - the first span of its trace */
  readonly parentSpanId?: string;
  readonly start: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** `GET /api/quarantine`: events of one cause, with the times of the first and the last. */
export interface QuarantineGroup extends Omit<Group, 'oldest' | 'newest'> {
  readonly database: string;
  readonly oldest: string;
  readonly newest: string;
}

/** Body of `POST /api/quarantine/replay` and `/discard`: all events of a group. */
export type QuarantineSelection = Pick<
  QuarantineGroup,
  'database' | 'consumer' | 'topic' | 'type' | 'reason' | 'cause'
>;

/** `GET /api/sagas`: a saga of an app. */
export interface SagaView extends Omit<
  OperatedSaga,
  'startedAt' | 'changedAt' | 'endedAt' | 'overdueSince'
> {
  readonly startedAt: string;
  readonly changedAt: string;
  /** @default - it has not ended */
  readonly endedAt?: string;
  /** @default - it is not */
  readonly overdueSince?: string;
}

/** `GET /api/sagas/{app}/{saga}/{id}`: a saga with the commands that it has sent, in their order. */
export interface SagaDetail extends SagaView {
  readonly commands: readonly SagaCommandView[];
}

/** A command of a saga. */
export interface SagaCommandView extends Omit<OperatedCommand, 'sentAt' | 'answeredAt'> {
  readonly sentAt: string;
  /** @default - it was not answered */
  readonly answeredAt?: string;
}

/** `GET /api/logs`: lines after a number. */
export interface LogView {
  /** Number of the last line: ask for what comes after it. */
  readonly last: number;
  readonly lines: readonly LogLine[];
}

/** A line of an app, or of the platform. */
export interface LogLine {
  readonly number: number;
  readonly time: string;
  readonly from: string;
  readonly text: string;
}

/** `GET /api/mails`: the newest first. */
export interface MailView {
  readonly at: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** Answer of a request that failed. */
export interface ApiProblem {
  readonly error: string;
}

/** Body of `POST /api/topics/{topic}/events`. */
export interface NewEvent {
  readonly type: string;
  readonly data: unknown;
}
