import type pg from 'pg';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import {
  HiddenFailureError,
  inTransaction,
  statementsOf,
  type Transaction,
} from '../database/database.ts';
import { classifyFailure, describeFailure } from '../errors/failure.ts';
import {
  comparePositions,
  parsePosition,
  positionText,
  type StorePosition,
} from '../event-store/position.ts';
import type { StoredEvent } from '../event-store/stored-event.ts';
import type { Logger } from '../telemetry/logging.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';
import {
  begin,
  type Checkpoint,
  checkpointOf,
  headOf,
  lagBehind,
  moveOn,
  noteCaughtUp,
  noteFailure,
  take,
  visibleHeadOf,
} from './checkpoint.ts';
import type { ProjectionPart } from './projection.ts';

/** Tries of an event after which its projection has stopped. */
const MAX_ATTEMPTS = 3;
/** Time between two further tries of an event that cannot be projected, in milliseconds. */
const RETRY_INTERVAL = 30_000;
/** Time of a transaction, in milliseconds. */
const TIMEOUT = 60_000;

const HIDDEN = 'a statement failed and its handler hid the error: nothing was committed';

/** What a {@link Projector} needs. */
export interface ProjectorOptions {
  readonly manifest: Pick<AppManifest, 'appId'>;
  readonly part: ProjectionPart;
  readonly pool: pg.Pool;
  readonly metrics: RuntimeMetrics;
  readonly log: Logger;
  /** Milliseconds on the clock that further tries are measured with. @default - that of `performance` */
  readonly clock?: () => number;
}

/** An event that could not be projected, and how many before it could. */
class ProjectionFailure extends Error {
  public constructor(
    public readonly done: number,
    public readonly size: number,
    public readonly event: StoredEvent | undefined,
    public override readonly cause: unknown,
  ) {
    super('an event cannot be projected', { cause });
  }
}

/** Projects events of one projection, while no other pod does. */
export class Projector {
  /** Events of the next transaction: fewer behind a failure, so that those before it are projected. */
  #limit: number;
  /**
   * What has to be in the tables before the pod is ready: all that readers could see when it started. Pods of the version before do
   * not have what a transaction that is under way holds back, either.
   */
  #target: StorePosition | undefined;
  /** Behind which the last round has projected; undefined before it has read that. */
  #from: StorePosition | undefined;
  #begun = false;
  #ready = false;
  #retryAt = -Infinity;
  #problem = 'was not looked at yet';

  public constructor(private readonly options: ProjectorOptions) {
    this.#limit = options.part.batch;
  }

  /** Why its pod is not ready to answer from the tables; undefined once it is. */
  public get problem(): string | undefined {
    const { name, version } = this.options.part.contract;
    return this.#ready ? undefined : `projection '${name}' version ${version} ${this.#problem}`;
  }

  /** Projects some events. @returns how many; 0 where there are none, or another pod projects. */
  public async round(): Promise<number> {
    await this.#begin();
    const { clock = () => performance.now() } = this.options;
    if (clock() < this.#retryAt) {
      return 0;
    }
    let projected = 0;
    this.#from = undefined;
    try {
      projected = await this.#project();
      if (projected > 0) {
        this.#limit = Math.min(this.options.part.batch, this.#limit * 2);
      }
    } catch (error) {
      if (isPassing(error)) {
        throw error;
      }
      await this.#failed(
        error instanceof ProjectionFailure
          ? error
          : new ProjectionFailure(0, this.#limit, undefined, error),
        clock(),
      );
    }
    if (!this.#ready) {
      await this.#look();
    }
    return projected;
  }

  /** Whether events are committed that it has not come to, such as those behind a transaction that is under way. */
  public async isBehind(): Promise<boolean> {
    const { pool, part, manifest } = this.options;
    const statements = statementsOf(pool);
    const head = await headOf(statements, manifest.appId, part.store.streams.name);
    const checkpoint = await checkpointOf(statements, this.#name);
    return (
      head !== undefined &&
      checkpoint?.stopped_at == null &&
      (checkpoint === undefined || comparePositions(checkpoint, head) < 0)
    );
  }

  /** Sets its metrics. */
  public async measure(): Promise<void> {
    const { pool, metrics, part, manifest } = this.options;
    const { name, version } = part.contract;
    const statements = statementsOf(pool);
    const checkpoint = await checkpointOf(statements, this.#name);
    if (checkpoint !== undefined) {
      const { name: streams } = part.store.streams;
      const lag = await lagBehind(statements, manifest.appId, streams, checkpoint);
      metrics.projection(name, version, lag, checkpoint.stopped_at !== null);
    }
  }

  get #name() {
    const { manifest, part } = this.options;
    return { app: manifest.appId, contract: part.contract };
  }

  async #begin(): Promise<void> {
    if (this.#begun) {
      return;
    }
    const { pool, part, manifest } = this.options;
    const statements = statementsOf(pool);
    await begin(statements, this.#name);
    this.#target = await visibleHeadOf(statements, manifest.appId, part.store.streams.name);
    this.#begun = true;
  }

  #project(): Promise<number> {
    const { pool, part, metrics } = this.options;
    const { name, version } = part.contract;
    return inTransaction(
      pool,
      async (tx) => {
        const checkpoint = await take(tx, this.#name);
        if (checkpoint === undefined) {
          return 0;
        }
        this.#from = checkpoint;
        const events = await this.#read(tx, checkpoint);
        if (events.length === 0) {
          return 0;
        }
        for (const [index, event] of events.entries()) {
          try {
            await part.handlers[event.type]?.(tx, event);
          } catch (error) {
            throw isPassing(error)
              ? error
              : new ProjectionFailure(index, events.length, event, error);
          }
        }
        await moveOn(tx, this.#name, parsePosition(events.at(-1)!.position), events.length).catch(
          (error: unknown) => {
            throw isAborted(error) ? new HiddenFailureError(HIDDEN) : error;
          },
        );
        return events.length;
      },
      TIMEOUT,
    ).then((count) => {
      metrics.projected(name, version, count);
      return count;
    });
  }

  async #read(tx: Transaction, checkpoint: Checkpoint): Promise<readonly StoredEvent[]> {
    const limit = this.#limit;
    try {
      return await this.options.part.store.read(tx, { after: positionText(checkpoint), limit });
    } catch (error) {
      // Which of them cannot be read is found one by one.
      throw isPassing(error) ? error : new ProjectionFailure(0, limit, undefined, error);
    }
  }

  /** Lets the next round project the events before the one that failed, and notes a failure of the first. */
  async #failed({ done, size, event, cause }: ProjectionFailure, now: number): Promise<void> {
    if (done > 0 || (event === undefined && size > 1)) {
      this.#limit = Math.max(1, done);
      return;
    }
    this.#limit = 1;
    const { pool, log, part } = this.options;
    const { name, version } = part.contract;
    const where =
      event === undefined
        ? ''
        : `event ${event.version} of stream '${event.streamId}' (${event.type}): `;
    const error = `${where}${describeFailure(cause)}`;
    const attempts = await noteFailure(
      statementsOf(pool),
      ...([this.#name, this.#from, error, MAX_ATTEMPTS] as const),
    );
    if (attempts >= MAX_ATTEMPTS) {
      this.#retryAt = now + RETRY_INTERVAL;
      log.error(
        { projection: name, version, attempts, reason: error },
        'projection stopped: an event cannot be projected',
      );
    }
  }

  /** Whether all is there that was when the pod started. A version that had been live, and has stopped, serves what it has. */
  async #look(): Promise<void> {
    const { pool, part, manifest } = this.options;
    const statements = statementsOf(pool);
    const checkpoint = await checkpointOf(statements, this.#name);
    if (checkpoint === undefined) {
      return;
    }
    if (this.#target === undefined || comparePositions(checkpoint, this.#target) >= 0) {
      this.#ready = true;
      await noteCaughtUp(statements, this.#name);
      return;
    }
    this.#ready = checkpoint.stopped_at !== null && checkpoint.caught_up_at !== null;
    const lag = await lagBehind(statements, manifest.appId, part.store.streams.name, checkpoint);
    this.#problem =
      checkpoint.stopped_at === null
        ? `has not caught up: it is ${Math.round(lag)} s behind`
        : `has stopped: ${checkpoint.error ?? ''}`;
  }
}

/** Whether a statement has failed before, and its transaction takes no more. */
function isAborted(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === '25P02';
}

/** Whether a try later may succeed, whatever the event. */
function isPassing(error: unknown): boolean {
  const failure = classifyFailure(error);
  return failure === 'unavailable' || failure === 'conflict';
}
