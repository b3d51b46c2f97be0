import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { DELIVERY_BOUNDS, RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { SagaMetrics } from './saga-metrics.ts';

/** How an event of a delivery ended; the `result` label of `events_consumed_total`. */
export type ConsumeResult = (typeof CONSUME_RESULTS)[number] | 'ignored' | 'dropped';

const CONSUME_RESULTS = ['processed', 'duplicate', 'quarantined', 'parked', 'failed'] as const;
/** How a call for a job ended; the `result` label of `job_runs_total`. */
export type JobRunResult = (typeof JOB_RESULTS)[number];

const JOB_RESULTS = ['done', 'duplicate', 'failed'] as const;

/** How a command was answered; the `result` label of `command_requests_total`. */
export type RequestResult = (typeof REQUEST_RESULTS)[number];

const REQUEST_RESULTS = ['answered', 'timed_out'] as const;

/** Why an event that was sent without waiting was dropped; the `reason` label of `events_dropped_total`. */
export type DropReason = (typeof DROP_REASONS)[number];

const DROP_REASONS = ['buffer_full', 'not_confirmed', 'invalid', 'shutdown'] as const;

/** How a read through a cache was answered; the `result` label of `cache_requests_total`. */
export type CacheResult = (typeof CACHE_RESULTS)[number];

const CACHE_RESULTS = ['hit', 'miss', 'bypass'] as const;
const PROCESSING_BOUNDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

/** What an append came to; the `result` label of `event_store_appends_total`. */
export type AppendMetricResult = (typeof APPEND_RESULTS)[number];

const APPEND_RESULTS = ['appended', 'repeated', 'conflict'] as const;

/** Metrics of one image. Labels are types and results, never ids, which bounds the number of series. */
export class RuntimeMetrics {
  readonly #registry = new Registry();
  readonly #consumed = this.#counter(
    RUNTIME_METRICS.eventsConsumed,
    'Events answered, by type and result.',
    ['type', 'result'],
  );
  readonly #processing = this.#histogram(
    RUNTIME_METRICS.eventProcessing,
    'Seconds from the delivery of an event to its answer.',
    PROCESSING_BOUNDS,
  );
  readonly #delivery = this.#histogram(
    RUNTIME_METRICS.eventDelivery,
    "Seconds from an event's own time to the commit of its effect.",
    DELIVERY_BOUNDS,
  );
  readonly #published = this.#counter(
    RUNTIME_METRICS.eventsPublished,
    'Events that the broker has confirmed.',
    ['type'],
  );
  readonly #dropped = this.#counter(
    RUNTIME_METRICS.eventsDropped,
    'Events that were sent without waiting, and dropped.',
    ['type', 'reason'],
  );
  readonly #deadLettered = this.#counter(
    RUNTIME_METRICS.eventsDeadLettered,
    'Events received from a dead-letter topic.',
    ['topic', 'consumer'],
  );
  readonly #quarantine = this.#gauge(
    RUNTIME_METRICS.quarantineEvents,
    'Events of this consumer in the quarantine.',
    ['reason'],
  );
  readonly #outboxAge = this.#gauge(
    RUNTIME_METRICS.outboxAge,
    'Age of the oldest event that waits in the outbox.',
  );
  readonly #outboxSetAside = this.#gauge(
    RUNTIME_METRICS.outboxSetAside,
    'Events of the outbox that cannot be published and were set aside.',
  );
  readonly #effects = this.#gauge(RUNTIME_METRICS.effectsOpen, 'Side effects that are not done.', [
    'status',
  ]);
  readonly #jobRuns = this.#counter(RUNTIME_METRICS.jobRuns, 'Runs of jobs, by result.', [
    'job_name',
    'result',
  ]);
  readonly #jobDuration = this.#histogram(
    RUNTIME_METRICS.jobDuration,
    'Seconds that runs of a job take.',
    PROCESSING_BOUNDS,
    'job_name',
  );
  readonly #jobOverdue = this.#gauge(
    RUNTIME_METRICS.jobOverdue,
    'Seconds for which the due time of a job has been over.',
    ['job_name'],
  );

  readonly #cacheRequests = this.#counter(
    RUNTIME_METRICS.cacheRequests,
    'Reads through a cache, by store and result.',
    ['store', 'result'],
  );
  readonly #cacheInvalidations = this.#counter(
    RUNTIME_METRICS.cacheInvalidations,
    'Keys of a cache that were invalidated.',
    ['store'],
  );

  readonly #requests = this.#counter(
    RUNTIME_METRICS.requests,
    'Commands whose answers were waited for, by type and result.',
    ['type', 'result'],
  );
  readonly #lateReplies = this.#counter(
    RUNTIME_METRICS.lateReplies,
    'Answers to commands that came too late.',
    ['type'],
  );

  readonly #appends = this.#counter(
    RUNTIME_METRICS.storeAppends,
    'Appends to streams of events, by kind of stream and result.',
    ['streams', 'result'],
  );
  readonly #storeHeldBack = this.#gauge(
    RUNTIME_METRICS.storeHeldBack,
    'Seconds for which committed events have been held back from readers of a store.',
    ['streams'],
  );
  /** Metrics of sagas. */
  public readonly sagas = new SagaMetrics(this.#registry);

  readonly #projectionLag = this.#gauge(
    RUNTIME_METRICS.projectionLag,
    'Age of the oldest event that is not in the tables of a projection.',
    ['projection', 'version'],
  );
  readonly #projectionEvents = this.#counter(
    RUNTIME_METRICS.projectionEvents,
    'Events that were projected.',
    ['projection', 'version'],
  );
  readonly #projectionStopped = this.#gauge(
    RUNTIME_METRICS.projectionStopped,
    'Whether an event cannot be projected.',
    ['projection', 'version'],
  );

  /** Adds metrics of the process and of Node: CPU, memory, event loop, garbage collection. */
  public collectProcessMetrics(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Exports zeros for these types: Prometheus does not count the first value of a series as growth. */
  public initialize(types: readonly string[]): void {
    for (const type of types) {
      CONSUME_RESULTS.forEach((result) => this.consumed(type, result, 0));
      this.#delivery.zero({ type });
    }
  }

  /** Counts events that were answered. */
  public consumed(type: string, result: ConsumeResult, count = 1): void {
    this.#consumed.inc({ type, result }, count);
  }

  /** Records how long the delivery of an event took. */
  public processed(type: string, seconds: number): void {
    this.#processing.observe({ type }, seconds);
  }

  /** Records how long after its own time an event was processed. */
  public delivered(type: string, seconds: number): void {
    this.#delivery.observe({ type }, seconds);
  }

  /** Counts confirmed events. */
  public published(type: string, count = 1): void {
    this.#published.inc({ type }, count);
  }

  /** Exports zeros for a type that is sent without a transaction, as {@link initialize} does for others. */
  public initializeSender(type: string): void {
    DROP_REASONS.forEach((reason) => this.dropped(type, reason, 0));
  }

  /** Counts events that were sent without waiting, and dropped. */
  public dropped(type: string, reason: DropReason, count = 1): void {
    this.#dropped.inc({ type, reason }, count);
  }

  /** Counts an event that was received from a dead-letter topic. */
  public deadLettered(topic: string, consumer: string): void {
    this.#deadLettered.inc({ topic, consumer });
  }

  /** Sets the number of events in the quarantine, by reason. */
  public quarantine(counts: Readonly<Record<string, number>>): void {
    this.#quarantine.reset();
    Object.entries(counts).forEach(([reason, count]) => this.#quarantine.set({ reason }, count));
  }

  /** Sets the age of the oldest event in the outbox, in seconds; 0 when it is empty. */
  public outboxAge(seconds: number): void {
    this.#outboxAge.set(seconds);
  }

  /** Sets the number of events of the outbox that were set aside. */
  public outboxSetAside(events: number): void {
    this.#outboxSetAside.set(events);
  }

  /** Sets the number of side effects that are not done, by status. */
  public effects(counts: Readonly<Record<string, number>>): void {
    this.#effects.reset();
    Object.entries(counts).forEach(([status, count]) => this.#effects.set({ status }, count));
  }

  /** Exports zeros for these jobs. @see {@link initialize} */
  public initializeJobs(jobs: readonly string[]): void {
    for (const job of jobs) {
      JOB_RESULTS.forEach((result) => this.#jobRuns.inc({ job_name: job, result }, 0));
      this.#jobDuration.zero({ job_name: job });
    }
  }

  /** Counts a run of a job, and records how long it took. */
  public jobRun(job: string, result: JobRunResult, seconds: number): void {
    this.#jobRuns.inc({ job_name: job, result });
    this.#jobDuration.observe({ job_name: job }, seconds);
  }

  /** Sets for how long the due times of jobs have been over, in seconds. */
  public jobsOverdue(seconds: Readonly<Record<string, number>>): void {
    this.#jobOverdue.reset();
    Object.entries(seconds).forEach(([job, value]) =>
      this.#jobOverdue.set({ job_name: job }, value),
    );
  }

  /** Exports zeros for a cache, as {@link initialize} does for types. */
  public initializeCache(store: string): void {
    CACHE_RESULTS.forEach((result) => this.cacheRequests(store, result, 0));
    this.cacheInvalidations(store, 0);
  }

  /** Counts reads through a cache. */
  public cacheRequests(store: string, result: CacheResult, count = 1): void {
    this.#cacheRequests.inc({ store, result }, count);
  }

  /** Counts keys of a cache that were invalidated. */
  public cacheInvalidations(store: string, count: number): void {
    this.#cacheInvalidations.inc({ store }, count);
  }

  /** Exports zeros for a command, as {@link initialize} does for types. */
  public initializeRequests(type: string): void {
    REQUEST_RESULTS.forEach((result) => this.requests(type, result, 0));
    this.lateReplies(type, 0);
  }

  /** Counts commands whose answers were waited for. */
  public requests(type: string, result: RequestResult, count = 1): void {
    this.#requests.inc({ type, result }, count);
  }

  /** Counts answers to commands that came too late. */
  public lateReplies(type: string, count = 1): void {
    this.#lateReplies.inc({ type }, count);
  }

  /** Exports zeros for streams, as {@link initialize} does for types. */
  public initializeStreams(streams: string): void {
    APPEND_RESULTS.forEach((result) => this.appended(streams, result, 0));
  }

  /** Counts appends to streams of one kind. */
  public appended(streams: string, result: AppendMetricResult, count = 1): void {
    this.#appends.inc({ streams, result }, count);
  }

  /** Sets for how long committed events have been held back from readers, in seconds; 0 where none are. */
  public storeHeldBack(streams: string, seconds: number): void {
    this.#storeHeldBack.set({ streams }, seconds);
  }

  /** Counts events that were projected. */
  public projected(projection: string, version: number, count: number): void {
    this.#projectionEvents.inc({ projection, version: String(version) }, count);
  }

  /** Sets how far a projection is behind, in seconds, and whether it has stopped. */
  public projection(projection: string, version: number, lag: number, stopped: boolean): void {
    const labels = { projection, version: String(version) };
    this.#projectionLag.set(labels, lag);
    this.#projectionStopped.set(labels, stopped ? 1 : 0);
  }

  /** All metrics in the text format of Prometheus. */
  public text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Content type of {@link text}. */
  public get contentType(): string {
    return this.#registry.contentType;
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]) {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram<Label extends string = 'type'>(
    name: string,
    help: string,
    bounds: readonly number[],
    label: Label = 'type' as Label,
  ) {
    const registers = [this.#registry];
    return new Histogram({ name, help, labelNames: [label], buckets: [...bounds], registers });
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: Label[] = []) {
    const gauge = new Gauge({ name, help, labelNames, registers: [this.#registry] });
    if (labelNames.length === 0) {
      // prom-client sets it to 0, which is not known before it is measured.
      gauge.remove();
    }
    return gauge;
  }
}
