/** What is asked of the participant of a step. */
export type SagaAction = 'request' | 'undo';

/**
 * Where a saga is:
 *
 * - `running`: its steps are done, one after the other.
 * - `undoing`: steps are undone, in the reverse order.
 * - `completed`: all steps are done.
 * - `cancelled`: what was done is undone.
 * - `stuck`: somebody has to look: an undo has failed, or a step after the point of no return.
 */
export type SagaStatus = 'running' | 'undoing' | 'completed' | 'cancelled' | 'stuck';

/** Statuses after which nothing happens. */
export const ENDED: ReadonlySet<SagaStatus> = new Set(['completed', 'cancelled']);

/** Why a saga is undone, or stuck. */
export interface SagaReason {
  /** Step that it is about. */
  readonly step: string;
  /** Outcome of its answer; `timed out` without one, and `cancelled` where somebody has said so. */
  readonly outcome: string;
}

/** All that a saga knows of itself, as JSON. Times are milliseconds since 1970. */
export interface SagaState {
  readonly status: SagaStatus;
  /** Index of the step that it is at. */
  readonly step: number;
  /** Names of the steps, as they were when it last sent a command: an index is of these. */
  readonly path: readonly string[];
  /** What is asked of the participant of the step. */
  readonly action: SagaAction;
  /** Number of the command: an action of a step has several where it is asked again. From 1 on. */
  readonly attempt: number;
  /** Attempts since it began, or since somebody retried it. */
  readonly tries: number;
  /** What it waits for: the answer to a command, the time of the next attempt, or nothing. */
  readonly waitsFor: 'answer' | 'next attempt' | 'nothing';
  /** When its wait is over. @default - it is not */
  readonly dueAt?: number;
  /** When the answer of a step was due that cannot be undone, and has not come. @default - it is not overdue */
  readonly overdueSince?: number;
  /** Why it is undone. @default - it is not */
  readonly cancelledBy?: SagaReason;
  /** Why it is stuck. @default - it is not */
  readonly stuckBy?: SagaReason;
  /** Answers of the steps that are done, by name. */
  readonly replies: Readonly<Record<string, unknown>>;
}

/** Something that happens to a saga. `at` is the time, in milliseconds since 1970. */
export type SagaEvent =
  /** A participant has answered a command of the saga. */
  | {
      readonly type: 'answer';
      readonly at: number;
      readonly step: string;
      readonly action: SagaAction;
      readonly attempt: number;
      readonly outcome: string;
      /** The whole answer. */
      readonly reply?: unknown;
      /** Outcome of an earlier answer to the same command. @default - it is the first one */
      readonly answeredBefore?: string;
    }
  /** The time of `dueAt` may have come. */
  | { readonly type: 'due'; readonly at: number }
  /** Somebody cancels the saga: what was done is undone. */
  | { readonly type: 'cancel'; readonly at: number }
  /** Somebody retries a saga that is stuck, or whose step is overdue. */
  | { readonly type: 'retry'; readonly at: number };

/** A command that a saga sends. */
export interface SagaSend {
  readonly step: string;
  readonly action: SagaAction;
  readonly attempt: number;
}

/** Why an answer has no effect. */
export type IgnoredReason =
  /** The saga no longer waits for it. */
  | 'late'
  /** It was there before. */
  | 'repeated'
  /** Another one to the same command was there before. */
  | 'contradictory'
  /** The app has sent no such command, or has forgotten it. */
  | 'unknown';

/** What follows from something that happens to a saga. */
export interface SagaDecision {
  readonly state: SagaState;
  /** Commands to send. */
  readonly send: readonly SagaSend[];
  /** Why an answer has no effect. @default - it has one */
  readonly ignored?: IgnoredReason;
  /** Why somebody cannot do this. @default - they can */
  readonly refused?: string;
}
