import { contractName } from '@cdk8s-event-platform/contracts/interface';
import type { EventContract, EventData, AppManifest } from '@cdk8s-event-platform/contracts';
import type { Cause } from '../events/causation.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import { newEvent } from '../events/new-event.ts';
import type { Sealing } from '../sealing/sealing.ts';
import type { Transaction } from '../database/database.ts';
import { addAllToOutbox } from './outbox.ts';

/** Options of an event that is published. */
export interface PublishOptions {
  /** Event or request that it follows from. @default - the event of `each`, the request of a route */
  readonly cause?: Cause;
  /** Tells events of one type that have one cause from each other, e.g. the number of an item. @default - the only one */
  readonly discriminator?: string;
  /** Its id, at most 512 bytes. @default - derived from app, type, cause and discriminator */
  readonly id?: string;
  /** When it happened, RFC 3339. @default - now */
  readonly time?: string;
  /**
   * Whether it is published when the cause was processed before, in an earlier run through the log
   * (`epoch` of the consumer). Its id is then the same as before.
   * @default false
   */
  readonly duringReplay?: boolean;
}

/** An event to publish. */
export interface EventToPublish<Contract extends EventContract> extends PublishOptions {
  readonly data: EventData<Contract>;
}

/** What a transaction knows of what is published in it: for the platform alone. */
export const PUBLISH_CONTEXT = Symbol('context of what is published');

/** What a transaction follows from: the event of `each`, the request of a route, the run of a job. */
export function causeOf(tx: Partial<EventPublishing>): Cause | undefined {
  return tx[PUBLISH_CONTEXT]?.cause;
}

/** Publishes events of an app through its outbox. */
export interface EventPublishing {
  /** @internal */
  readonly [PUBLISH_CONTEXT]?: PublishContext;
  /**
   * Publishes an event once the transaction has committed, and never when it has not. Repeating the
   * cause gives it the same id. It carries the ids of its cause (`causationid`) and of the beginning
   * of it all (`correlationid`), and the trace of the cause.
   *
   * @example
   * each(PaymentProcessed, async (tx, event) => {
   *   await tx.publish(OrderConfirmed, { order_id: event.data.order_id });
   * });
   *
   * @throws InvalidEventError when a consumer could not process it, or it is larger than its topic takes.
   * @throws Error when the manifest does not publish the contract, or the cause is missing.
   */
  publish<Contract extends EventContract>(
    contract: Contract,
    data: EventData<Contract>,
    options?: PublishOptions,
  ): Promise<void>;
  /** Publishes several events of one contract in one statement, in their order. @see {@link EventPublishing.publish} */
  publishAll<Contract extends EventContract>(
    contract: Contract,
    events: readonly EventToPublish<Contract>[],
  ): Promise<void>;
}

/** Context of the transaction that publishes events. */
export interface PublishContext {
  /** Default cause of events. @default - each event needs its own */
  readonly cause?: Cause | undefined;
  /** Whether the app waits for the answers to what it sends. @default false */
  readonly awaited?: boolean | undefined;
  /** Causes that were processed before, in an earlier run through the log. @default - none */
  readonly replayed?: ReadonlySet<Cause> | undefined;
}

/** Creates events of an app, and adds them to its outbox. */
export class EventPublisher {
  readonly #appId: string;
  readonly #source: string;
  readonly #contracts: ReadonlySet<string>;
  /** Contracts of answers that the app handles itself: each of its commands is answered. */
  readonly #handledReplies: ReadonlySet<string>;

  /**
   * @param sealing encrypts personal data, and keeps large values elsewhere.
   * @param now milliseconds since 1970. @default - the system's clock
   */
  public constructor(
    { appId, source, publishes = [], subscribes = [], requests = [] }: AppManifest,
    public readonly sealing: Sealing,
    private readonly now: () => number = Date.now,
  ) {
    this.#appId = appId;
    this.#source = source ?? `/${appId}`;
    this.#contracts = new Set(publishes.map(contractName));
    const awaited = new Set(requests.flatMap(({ reply }) => reply ?? []).map(contractName));
    this.#handledReplies = new Set(
      subscribes.map(contractName).filter((name) => !awaited.has(name)),
    );
  }

  /** Publishing in a transaction. */
  public in(tx: Transaction, context: PublishContext): EventPublishing {
    const published = new Set<string>();
    const publishAll: EventPublishing['publishAll'] = async (contract, events) => {
      const made = events.flatMap((event) => this.#event(contract, event, context) ?? []);
      for (const { id, type } of made) {
        if (published.has(id)) {
          throw new Error(
            `two events '${type}' with the id '${id}' follow from one cause: give each a discriminator`,
          );
        }
        published.add(id);
      }
      if (made.length > 0) {
        await addAllToOutbox(tx, this.#appId, contract, made, this.sealing);
      }
    };
    return {
      [PUBLISH_CONTEXT]: context,
      publish: (contract, data, options) => publishAll(contract, [{ ...options, data }]),
      publishAll,
    };
  }

  /** The event, or undefined where its cause is only processed again. */
  #event<Contract extends EventContract>(
    contract: Contract,
    options: EventToPublish<Contract>,
    context: PublishContext,
  ): CloudEvent | undefined {
    const { type } = contract;
    const { cause = context.cause, discriminator, time, data } = options;
    if (!this.#contracts.has(contractName(contract))) {
      throw new Error(
        `'${type}' ${contract.version} is not published by ${this.#appId}: add it to its manifest`,
      );
    }
    if (cause === undefined) {
      throw new Error(
        `an event '${type}' has no cause that its id could follow from: give the event or request as { cause }`,
      );
    }
    if (options.duringReplay !== true && context.replayed?.has(cause) === true) {
      return undefined;
    }
    const { reply } = contract;
    const answered =
      reply !== undefined &&
      (context.awaited === true || this.#handledReplies.has(contractName(reply)));
    const app = { appId: this.#appId, source: this.#source };
    return newEvent(app, contract, {
      ...{ cause, discriminator, data, id: options.id },
      time: time ?? new Date(this.now()).toISOString(),
      replyTo: answered ? this.#appId : undefined,
    });
  }
}
