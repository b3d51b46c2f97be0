import type { Delivery, EventContract, TimeSpan } from '@cdk8s-event-platform/contracts';
import {
  allowsDelivery,
  type Check,
  DEFAULT_DELIVERY,
  must,
  oneOf,
  optional,
  secondsOf,
  shaped,
  type Shape,
  shapeProblems,
  whole,
  withCode,
} from '@cdk8s-event-platform/contracts/internal';
import type { PublishOptions } from '../outbox/event-publisher.ts';
import { needsSealing } from '../sealing/sealing.ts';

/**
 * How an event is sent:
 *
 * - `fire-and-forget`: nobody waits. What does not fit into the buffer, or is not confirmed at the first try, is dropped, counted and logged.
 * - `synchronous`: waits until the broker has confirmed it. One try.
 * - `idempotent`: the same, with further tries under the same id, so that consumers have its effect once.
 */
export type SendMode = 'fire-and-forget' | 'synchronous' | 'idempotent';

/** When events are sent together. */
export interface SendBatchOptions {
  /** Events of a request, at most, 1 to 1000. @default 100 */
  readonly maxEvents?: number;
  /** How long the first of them waits for others, at most 10 seconds and shorter than the timeout. @default { seconds: 0.01 } */
  readonly linger?: TimeSpan;
}

/** Options of {@link eventSender}. */
export interface EventSenderOptions {
  /** How events are sent. */
  readonly mode: SendMode;
  /**
   * Time from `send` to a confirmation, 1 to 300 seconds: with what it waits for others, and further tries.
   *
   * @default { seconds: 10 }
   */
  readonly timeout?: TimeSpan;
  /**
   * Sends several events in one request. The order of each key is kept: where a key comes twice, there are more requests.
   * @default - each by itself; with `fire-and-forget`, those that wait while others are sent
   */
  readonly batch?: SendBatchOptions;
  /** Events that wait for their confirmation, at most, 1 to 100000; beside it, 16 MiB. @default 1000 */
  readonly maxWaiting?: number;
}

/** What an event that is sent says of itself. */
export type SendOptions = Omit<PublishOptions, 'duringReplay'>;

/** What a sender does. */
export interface SendSettings {
  readonly contract: EventContract;
  readonly mode: SendMode;
  /** In milliseconds. */
  readonly timeout: number;
  /** Whether each event has a request of its own, beside others. */
  readonly apart: boolean;
  readonly maxEvents: number;
  /** In milliseconds. */
  readonly linger: number;
  readonly maxWaiting: number;
}

/** The weakest delivery that a contract must allow for a mode. */
const NEEDED: Readonly<Record<SendMode, Delivery>> = {
  'fire-and-forget': 'at-most-once',
  synchronous: 'at-least-once',
  idempotent: 'at-least-once',
};

const MAX_EVENTS = 100;

function span(min: number, max: number, example: string): Check {
  return must(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      secondsOf(value) >= min &&
      secondsOf(value) <= max,
    `must be a time span of ${min} to ${max} seconds, e.g. ${example}`,
  );
}

const SHAPE: Shape<EventSenderOptions> = {
  mode: oneOf('fire-and-forget', 'synchronous', 'idempotent'),
  timeout: optional(span(1, 300, '{ seconds: 10 }')),
  batch: optional(
    shaped<SendBatchOptions>({
      maxEvents: optional(whole(1, 1_000)),
      linger: optional(span(0, 10, '{ seconds: 0.01 }')),
    }),
  ),
  maxWaiting: optional(whole(1, 100_000)),
};

/** Why events of a contract cannot be sent in a mode; undefined when they can. */
function contractProblem(contract: EventContract, mode: SendMode): string | undefined {
  const { type, delivery = DEFAULT_DELIVERY } = contract;
  const needed = NEEDED[mode];
  if (!allowsDelivery(contract, needed)) {
    return `events of '${type}' have the delivery '${delivery}', and what is sent '${mode}' has '${needed}': publish them with tx.publish, or declare delivery: '${needed}' in the contract`;
  }
  return needsSealing(contract)
    ? `events of '${type}' hold values that are encrypted or kept elsewhere, which is done in a transaction: publish them with tx.publish`
    : undefined;
}

/** What a sender does. @throws Error with every problem of its options, or with why the contract does not allow it. */
export function sendSettings(contract: EventContract, options: EventSenderOptions): SendSettings {
  const problems = shapeProblems(options, SHAPE);
  if (problems.length > 0) {
    throw new Error(
      withCode('EP1001', `the sender of '${contract.type}' is not valid: ${problems.join('; ')}`),
    );
  }
  const { mode, timeout = { seconds: 10 }, batch, maxWaiting = 1_000 } = options;
  const { maxEvents = MAX_EVENTS, linger = { seconds: 0.01 } } = batch ?? { linger: {} };
  if (secondsOf(linger) >= secondsOf(timeout)) {
    throw new Error(
      withCode(
        'EP1001',
        `the sender of '${contract.type}' is not valid: batch.linger (${secondsOf(linger)} seconds) must be shorter than timeout (${secondsOf(timeout)} seconds), which counts from send: raise timeout, or wait less for others`,
      ),
    );
  }
  const problem = contractProblem(contract, mode);
  if (problem !== undefined) {
    throw new Error(withCode('EP8004', problem));
  }
  return {
    ...{ contract, mode, maxEvents, maxWaiting },
    timeout: Math.ceil(secondsOf(timeout) * 1000),
    apart: batch === undefined && mode !== 'fire-and-forget',
    linger: Math.ceil(secondsOf(linger) * 1000),
  };
}
