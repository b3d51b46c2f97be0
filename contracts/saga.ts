import type { CommandReply } from './command.ts';
import type { EventContract, EventSchema } from './event-contract.ts';
import type { TimeSpan } from './time-span.ts';

/** One outcome of an answer, or several that mean the same. */
export type SagaOutcomes<Outcome extends string = string> = Outcome | readonly Outcome[];

/** When a participant is asked again. */
export interface SagaRetry<Outcome extends string = string> {
  /**
   * Outcomes that say: surely not done, ask again. Each attempt is a command of its own.
   * @default - none: a request is sent once
   */
  readonly on?: SagaOutcomes<Outcome>;
  /** How often a participant is asked at most, the first time included. @default 5 */
  readonly attempts?: number;
  /** Time between such an answer and the next attempt. @default { seconds: 10 } */
  readonly interval?: TimeSpan;
}

/**
 * A step of a saga: a command to the participant that does it, what its answers mean, and the command that undoes it.
 * Answers have a property `outcome`, and each of its values has one meaning.
 */
export interface SagaStep {
  /** Name of the step within the saga: a DNS label, e.g. `payment`. */
  readonly name: string;
  /** Command that asks for the step. Its answer has a required string `outcome` with `enum` or `const`. */
  readonly request: EventContract;
  /** Outcomes that say: done. */
  readonly done: SagaOutcomes;
  /** Outcomes that say: surely not done, and it will not be. Steps before it are undone. @default - none */
  readonly failed?: SagaOutcomes;
  /**
   * Command that undoes the step. It may be sent when nobody knows whether the step was done, before its request has
   * come, and more than once. `nothing`: the step has no effect that would need it.
   * @default - the step cannot be undone: it is the last one, or the point of no return
   */
  readonly undo?: EventContract | 'nothing';
  /** Outcomes of `undo` that say: undone, or there was nothing to undo. @default - there is no such command */
  readonly undone?: SagaOutcomes;
  /**
   * How long an answer is waited for. After it a step is uncertain: it is undone with those before it; one that
   * cannot be undone is waited for further, and somebody is alerted. A request is never sent again because of it.
   */
  readonly timeout: TimeSpan;
  /** When the participant is asked again. @default - a request is sent once, an undo up to five times */
  readonly retry?: SagaRetry;
  /**
   * Whether there is no way back once the step is done: later steps are not undone, and one that fails waits for somebody
   * to retry it.
   * @default false
   */
  readonly pointOfNoReturn?: boolean;
}

declare const dataType: unique symbol;

/**
 * A business transaction of several apps: steps that are done in their order, and undone in the reverse order when one
 * of them fails. Plain data: topics, rights, subscriptions and the types of the code follow from it.
 *
 * @see https://www.cs.cornell.edu/andru/cs711/2002fa/reading/sagas.pdf
 */
export interface SagaContract<
  Data = unknown,
  Steps extends readonly SagaStep[] = readonly SagaStep[],
> {
  /** Name of the saga within its app: a DNS label, e.g. `place-order`. */
  readonly name: string;
  /** Version, `major.minor.patch`. A saga goes on with the major version that it was started with. */
  readonly version: string;
  /** One sentence on what the saga does. */
  readonly description: string;
  /** JSON Schema (draft 7) of an object: what a saga is started with. It cannot hold personal data or large values. */
  readonly data: EventSchema;
  /** The steps, in their order. */
  readonly steps: Steps;
  /** Carries the type of the data for the compiler; never there at run time. */
  readonly [dataType]?: Data;
}

/** The TypeScript type of the data that a saga is started with. */
export type SagaData<Saga extends SagaContract> =
  Saga extends SagaContract<infer Data> ? Data : never;

/** Values of `outcome` in the answers to a command. */
export type OutcomeOf<Command> = Command extends EventContract
  ? CommandReply<Command> extends { readonly outcome: infer Outcome extends string }
    ? Outcome
    : never
  : never;

/** Commands of sagas, each once: requests and those that undo. */
export function commandsOfSagas(sagas: readonly SagaContract[]): readonly EventContract[] {
  const all = sagas.flatMap(({ steps }) =>
    steps.flatMap(({ request, undo }) =>
      undo === undefined || undo === 'nothing' ? [request] : [request, undo],
    ),
  );
  return [...new Set(all)];
}

/** The schema of what a saga is started with, under a name that no event has. */
export function sagaDataSchema({ name, version, data }: SagaContract): {
  readonly type: string;
  readonly version: string;
  readonly schema: EventSchema;
} {
  return { type: `saga ${name}`, version, schema: data };
}
