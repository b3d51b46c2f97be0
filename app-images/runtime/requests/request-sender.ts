import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { AppManifest, EventContract, TimeSpan } from '@cdk8s-event-platform/contracts';
import { contractName, majorOf } from '@cdk8s-event-platform/contracts/interface';
import {
  MAX_REQUEST_ID_LENGTH,
  secondsOf,
  withPriorities,
} from '@cdk8s-event-platform/contracts/internal';
import { inTransaction } from '../database/database.ts';
import { noteCommit } from '../database/partial-commit.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { RequestConflictError, RequestTimeoutError } from '../errors/request-errors.ts';
import { type Cause, derivedId } from '../events/causation.ts';
import { fingerprintOf } from '../http/idempotency.ts';
import type { EventPublisher } from '../outbox/event-publisher.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';
import { ReplyWaiters } from './reply-waiters.ts';
import { claimRequest, repliesTo } from './request-store.ts';

/** Options of a command whose answer is waited for. */
export interface RequestOptions {
  /** How long the answer is waited for. @default { seconds: 10 } */
  readonly timeout?: TimeSpan;
  /**
   * The request of a route, or another cause: repeated, it has the same id, and so the same answer.
   * @default - each call is another command
   */
  readonly cause?: Cause;
  /** Tells commands of one type that have one cause from each other. @default - the only one */
  readonly discriminator?: string;
  /** Id of the command, at most 128 characters. @default - follows from the cause */
  readonly id?: string;
  /** Ends the wait. The command may still be carried out. @default - the timeout alone ends it */
  readonly signal?: AbortSignal;
}

/** What {@link RequestSender} needs. */
export interface RequestSenderOptions {
  readonly manifest: AppManifest;
  readonly pool: pg.Pool;
  readonly publisher: EventPublisher;
  readonly metrics: RuntimeMetrics;
  /** Called after each command that has been committed. */
  readonly committed: () => void;
  /** Milliseconds since 1970. @default - the system's clock */
  readonly now?: () => number;
  /** A signal that aborts after some milliseconds. @default - by the system's clock */
  readonly after?: (milliseconds: number) => AbortSignal;
}

const DEFAULT_TIMEOUT: TimeSpan = { seconds: 10 };
const MAX_TIMEOUT_SECONDS = 86_400;

function signalAfter(milliseconds: number): AbortSignal {
  return AbortSignal.timeout(milliseconds);
}

function millisecondsOf(timeout: TimeSpan): number {
  const seconds = secondsOf(timeout);
  if (!(seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS)) {
    throw new RangeError(
      `timeout (${seconds} s) must be more than 0 and at most ${MAX_TIMEOUT_SECONDS} s, e.g. { seconds: 10 }`,
    );
  }
  return Math.ceil(seconds * 1000);
}

/** Sends commands of an app, and waits for their answers, which any of its pods may receive. */
export class RequestSender {
  readonly #waiters: ReplyWaiters;
  /** Types that commands are counted by, by the name of the contract: that of a priority is its command's. */
  readonly #types: ReadonlyMap<string, string>;

  public constructor(private readonly options: RequestSenderOptions) {
    const { manifest, pool, metrics } = options;
    const { requests = [] } = manifest;
    this.#types = new Map(
      requests.flatMap((command) =>
        withPriorities(command).map((each) => [contractName(each), command.type] as const),
      ),
    );
    this.#waiters = new ReplyWaiters((ids) => repliesTo(pool, manifest.appId, ids));
    requests.forEach(({ type }) => metrics.initializeRequests(type));
  }

  /** Calls that wait for an answer now. */
  public get waiting(): number {
    return this.#waiters.size;
  }

  /** Looks for answers at once: one may have come. */
  public wake(): void {
    this.#waiters.wake();
  }

  /** @see {@link Requests.send} */
  public async send(
    command: EventContract,
    data: unknown,
    { timeout = DEFAULT_TIMEOUT, signal, ...options }: RequestOptions = {},
  ): Promise<unknown> {
    const { metrics, after = signalAfter } = this.options;
    const milliseconds = millisecondsOf(timeout);
    const type = this.#types.get(contractName(command));
    if (type === undefined || command.reply === undefined) {
      throw new Error(
        `'${command.type}' is not among the commands that ${this.options.manifest.appId} waits for the answers of: add it to 'requests' of its manifest`,
      );
    }
    const { id, reply } = await this.#ask(command, data, milliseconds, options);
    if (reply !== undefined) {
      metrics.requests(type, 'answered');
      return reply.value;
    }
    const over = after(milliseconds);
    try {
      const answer = await this.#waiters.wait(
        id,
        signal === undefined ? over : AbortSignal.any([over, signal]),
      );
      metrics.requests(type, 'answered');
      return answer;
    } catch (error) {
      if (!over.aborted) {
        throw error;
      }
      metrics.requests(type, 'timed_out');
      throw new RequestTimeoutError(command.type, id, milliseconds / 1000);
    }
  }

  /** Notes and publishes a command, once for each id. @returns its answer, if it is there already. */
  async #ask(
    command: EventContract,
    data: unknown,
    milliseconds: number,
    options: Pick<RequestOptions, 'cause' | 'discriminator' | 'id'>,
  ): Promise<{ readonly id: string; readonly reply?: { readonly value: unknown } }> {
    const { manifest, pool, publisher, committed, now = Date.now } = this.options;
    const { appId, source = `/${appId}` } = manifest;
    const { type, version, reply } = command;
    const cause = options.cause ?? { source, id: randomUUID() };
    const { discriminator } = options;
    const id =
      options.id ?? derivedId(cause, { appId, type, major: majorOf(version), discriminator });
    if (id === '' || id.length > MAX_REQUEST_ID_LENGTH) {
      throw new InvalidEventError(
        `the id of a command has 1 to ${MAX_REQUEST_ID_LENGTH} characters, and this one ${id.length}`,
      );
    }
    const sentAt = now();
    const fingerprint = fingerprintOf(contractName(command), data);
    const row = await inTransaction(pool, async (tx) => {
      const known = await claimRequest(tx, {
        ...{ app: appId, id, fingerprint, replyType: contractName(reply!) },
        ...{ sentAt: new Date(sentAt), answerBy: new Date(sentAt + milliseconds) },
      });
      if (known.is_new) {
        await publisher.in(tx, { cause, awaited: true }).publish(command, data, { id });
      }
      return known;
    });
    noteCommit();
    committed();
    if (row.fingerprint !== fingerprint) {
      throw new RequestConflictError(type, id);
    }
    return row.replied_at === null ? { id } : { id, reply: { value: row.reply } };
  }
}
