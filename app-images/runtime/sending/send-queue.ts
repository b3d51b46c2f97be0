import type { OutgoingEvent } from '../outbox/outgoing-event.ts';
import { PublishError } from '../outbox/publisher.ts';
import { publishRequests } from '../outbox/publish-requests.ts';
import type { DropReason } from '../telemetry/metrics.ts';
import { type Confirming, confirmed, type Unsent } from './confirming.ts';
import type { SendSettings } from './send-settings.ts';

/** Bytes of the events of one sender that wait for their confirmation. */
const MAX_BYTES = 16 * 1024 * 1024;

/** A try with less time than this is not begun, in milliseconds: nothing would be confirmed in it. */
const SHORTEST_TRY = 10;

/** An event was not confirmed. */
export interface GivenUp {
  readonly reason: DropReason;
  readonly error: Error;
}

/** Called once for each event: with why it was given up, or with nothing once it is confirmed. */
type Settle = (given?: GivenUp) => void;

interface Waiting extends Unsent {
  readonly bytes: number;
  /** When it came, on the clock of `performance`. */
  readonly since: number;
  readonly settle: Settle;
}

/** The events of one sender that are not confirmed. They are sent in their order, unless each has a request of its own. */
export class SendQueue {
  readonly #unsettled = new Set<Waiting>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #ended = new AbortController();
  #waiting: Waiting[] = [];
  #bytes = 0;
  #settled = 0;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #expiry: NodeJS.Timeout | undefined;

  public constructor(
    private readonly settings: SendSettings,
    private readonly options: Omit<Confirming, 'ended' | 'triesAgain'>,
  ) {}

  /** Events that are not confirmed. */
  public get size(): number {
    return this.#unsettled.size;
  }

  public add({ key, text }: OutgoingEvent, traceparent: string | undefined, settle: Settle): void {
    const { contract, apart, maxWaiting, timeout } = this.settings;
    const bytes = Buffer.byteLength(text);
    if (this.#ended.signal.aborted) {
      settle({ reason: 'shutdown', error: new PublishError('the app stops, and sends nothing') });
      return;
    }
    if (this.size >= maxWaiting || this.#bytes + bytes > MAX_BYTES) {
      const error = new PublishError(
        `${this.size} events with ${this.#bytes} bytes wait for their confirmation already`,
      );
      settle({ reason: 'buffer_full', error });
      return;
    }
    const since = performance.now();
    const event: Waiting = {
      ...{ topic: contract.topic, key, event: text, traceparent, bytes, settle },
      ...{ since, until: since + timeout },
    };
    this.#unsettled.add(event);
    this.#expiry ??= setTimeout(() => this.#expire(), timeout);
    this.#bytes += bytes;
    if (apart) {
      this.#run(this.#confirm([event]));
    } else {
      this.#waiting.push(event);
      // What comes in the same turn shares a request.
      this.#wake(1);
    }
  }

  /** Sends what waits, without waiting for more. @returns the number of events that were settled since the last time. */
  public async flush(): Promise<number> {
    this.#sendAll();
    while (this.#underWay.size > 0) {
      await Promise.all(this.#underWay);
      this.#sendAll();
    }
    const settled = this.#settled;
    this.#settled = 0;
    return settled;
  }

  /** Gives up what is not confirmed, and everything that comes later. */
  public end(): void {
    this.#ended.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#expiry);
    this.#waiting = [];
    const error = new PublishError('the app stops, and has no confirmation');
    [...this.#unsettled].forEach((event) => this.#settle(event, { reason: 'shutdown', error }));
  }

  #run(work: Promise<void>): void {
    const running = work.finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
  }

  /** @param delay in milliseconds, at least, unless a request is full. */
  #wake(delay = 0): void {
    const { maxEvents, linger } = this.settings;
    if (this.#sending !== undefined || this.#waiting.length === 0) {
      return;
    }
    const left = Math.max(delay, linger - (performance.now() - this.#waiting[0]!.since));
    if (this.#waiting.length >= maxEvents || left <= 0) {
      this.#sendAll();
    } else {
      this.#timer ??= setTimeout(() => this.#sendAll(), left);
    }
  }

  #sendAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#sending === undefined && this.#waiting.length > 0) {
      this.#sending = this.#confirm(this.#waiting.splice(0, this.settings.maxEvents)).finally(
        () => {
          this.#sending = undefined;
          this.#wake();
        },
      );
      this.#run(this.#sending);
    }
  }

  /** Never throws. What was settled meanwhile is not sent: its time was over, or the app stops. */
  async #confirm(events: readonly Waiting[]): Promise<void> {
    const { mode } = this.settings;
    const confirming = {
      ...this.options,
      ...{ triesAgain: mode === 'idempotent', ended: this.#ended.signal },
    };
    for (const { topic, events: all } of publishRequests(
      events,
      this.options.publisher.maxBatchSize,
    )) {
      this.#expire(SHORTEST_TRY);
      const left = all.filter((event) => this.#unsettled.has(event));
      const failures = await confirmed(confirming, { topic, events: left });
      for (const event of left) {
        const error = failures.get(event);
        this.#settle(event, error && { reason: 'not_confirmed', error });
      }
    }
  }

  /** Gives up the events whose time is over, wherever they are: those that came first have the least left. */
  #expire(margin = 0): void {
    clearTimeout(this.#expiry);
    this.#expiry = undefined;
    for (const event of this.#unsettled) {
      const left = event.until - performance.now();
      if (left > margin) {
        this.#expiry = setTimeout(() => this.#expire(), Math.ceil(left));
        return;
      }
      const error = new PublishError(
        `the broker has not confirmed it in ${this.settings.timeout} ms`,
      );
      this.#settle(event, { reason: 'not_confirmed', error });
    }
  }

  #settle(event: Waiting, given: GivenUp | undefined): void {
    if (this.#unsettled.delete(event)) {
      this.#bytes -= event.bytes;
      this.#settled++;
      event.settle(given);
    }
  }
}
