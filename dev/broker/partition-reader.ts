import type { Broker, BrokerRecord } from './broker.ts';

/** Where a reader is. */
export interface PartitionReaderOptions {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** Where the group stands. */
  readonly position: number;
  /** Ends the reader. */
  readonly signal: AbortSignal;
  /** Called with each wait for records. @default - nothing */
  readonly waiting?: (records: Promise<void>) => Promise<void>;
}

/** Reads a partition for a consumer group: first what is there, then what comes. */
export class PartitionReader {
  #position: number;
  #wake: () => void = () => undefined;
  #appended = false;

  public constructor(
    private readonly broker: Broker,
    private readonly options: PartitionReaderOptions,
  ) {
    this.#position = options.position;
    const end = broker.onAppend(options.topic, () => {
      this.#appended = true;
      this.#wake();
    });
    options.signal.addEventListener('abort', () => {
      end();
      this.#wake();
    });
  }

  /**
   * The records that follow the group's position, `limit` at most. Waits for the first, and after that up to `maxWait`
   * milliseconds for more.
   *
   * @returns an empty list when the reader has ended.
   */
  public async next(limit: number, maxWait = 0): Promise<readonly BrokerRecord[]> {
    let records = await this.#read(limit);
    while (records.length === 0 && !this.options.signal.aborted) {
      await this.#more();
      records = await this.#read(limit);
    }
    const end = performance.now() + maxWait;
    while (records.length < limit && performance.now() < end && !this.options.signal.aborted) {
      await this.#more(end - performance.now());
      records = await this.#read(limit);
    }
    return this.options.signal.aborted ? [] : records;
  }

  /** Says that records were processed; the next ones are those behind the last. */
  public async processed(records: readonly BrokerRecord[]): Promise<void> {
    const last = records.at(-1);
    if (last !== undefined) {
      const { group, topic, partition } = this.options;
      await this.broker.move(group, topic, partition, last.position + 1);
      this.#position = last.position + 1;
    }
  }

  #read(limit: number): Promise<readonly BrokerRecord[]> {
    const { topic, partition } = this.options;
    this.#appended = false;
    return this.broker.read(topic, partition, this.#position, limit);
  }

  /** Waits until something was appended since the last read, or the time is over. */
  #more(maxWait?: number): Promise<void> {
    const { waiting = (records: Promise<void>) => records } = this.options;
    const records = new Promise<void>((resolve) => {
      if (this.#appended || this.options.signal.aborted) {
        resolve();
        return;
      }
      const timer = maxWait === undefined ? undefined : setTimeout(resolve, Math.max(0, maxWait));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    return waiting(records);
  }
}
