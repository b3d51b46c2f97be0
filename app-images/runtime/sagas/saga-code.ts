import type {
  CommandReply,
  EventContract,
  EventData,
  SagaContract,
  SagaData,
  SagaStep,
} from '@cdk8s-event-platform/contracts';
import type { Transaction } from '../database/database.ts';
import type { EventTransaction } from '../delivery/event-transaction.ts';
import type { EventPublishing } from '../outbox/event-publisher.ts';
import type { SagaReason } from './saga-state.ts';

/** A saga as the code of its app sees it. */
export interface Saga<Data = unknown, Replies = Readonly<Record<string, unknown>>> {
  /** Id that it was started with. */
  readonly id: string;
  /** What it was started with. */
  readonly data: Data;
  /** Answers of the steps that are done, by name. */
  readonly replies: Replies;
}

/** A saga of which what was done is undone. */
export interface CancelledSaga<Data = unknown, Replies = unknown> extends Saga<
  Data,
  Partial<Replies>
> {
  /** Step that was not done, and the outcome of its answer: `timed out` without one, `cancelled` where somebody has said so. */
  readonly reason: SagaReason;
}

type StepsOf<Contract extends SagaContract> =
  Contract extends SagaContract<unknown, infer Steps> ? Steps : never;

/** Answers to the requests of steps, by name. */
type RepliesOf<Steps extends readonly SagaStep[]> = {
  readonly [Step in Steps[number] as Step['name']]: CommandReply<Step['request']>;
};

/** The steps before one of them. */
type Before<
  Steps extends readonly SagaStep[],
  Name extends string,
  Found extends readonly SagaStep[] = [],
> = Steps extends readonly [infer First extends SagaStep, ...infer Rest extends readonly SagaStep[]]
  ? First['name'] extends Name
    ? Found
    : Before<Rest, Name, [...Found, First]>
  : Found;

/**
 * Makes the data of a command: in the transaction of what has happened, which may be that of a route or a job, without
 * any other effect.
 */
type Ask<Command, Known> = Command extends EventContract
  ? (
      saga: Known,
      tx: Transaction & EventPublishing,
    ) => EventData<Command> | Promise<EventData<Command>>
  : never;

/** What a step asks for. */
type StepCode<
  Data,
  Steps extends readonly SagaStep[],
  Step extends SagaStep,
  Earlier = RepliesOf<Before<Steps, Step['name']>>,
> = {
  /** Data of the request. */
  readonly request: Ask<Step['request'], Saga<Data, Earlier>>;
} & (Step extends { readonly undo: EventContract }
  ? {
      /** Data of the undo. The step's own answer may not have come. */
      readonly undo: Ask<Step['undo'], Saga<Data, Earlier & Partial<RepliesOf<[Step]>>>>;
    }
  : object);

/** What a saga does, by its contract. */
export interface SagaCode<
  Contract extends SagaContract,
  Data = SagaData<Contract>,
  Steps extends readonly SagaStep[] = StepsOf<Contract>,
> {
  /** What each step asks for, by its name. */
  readonly steps: {
    readonly [Name in Steps[number]['name']]: StepCode<
      Data,
      Steps,
      Extract<Steps[number], { readonly name: Name }>
    >;
  };
  /** Called when all steps are done, in the transaction of the last answer. @default - nothing more is done */
  readonly completed?: (tx: EventTransaction, saga: Saga<Data, RepliesOf<Steps>>) => Promise<void>;
  /** Called when what was done is undone. @default - nothing more is done */
  readonly cancelled?: (
    tx: EventTransaction,
    saga: CancelledSaga<Data, RepliesOf<Steps>>,
  ) => Promise<void>;
}

/** The code of any saga: what the runtime calls. */
export interface AnySagaCode {
  readonly steps: Readonly<
    Record<
      string,
      Readonly<
        Partial<
          Record<'request' | 'undo', (saga: Saga, tx: Transaction & EventPublishing) => unknown>
        >
      >
    >
  >;
  readonly completed?: (tx: EventTransaction, saga: Saga) => Promise<void>;
  readonly cancelled?: (
    tx: EventTransaction,
    saga: Saga & { readonly reason: SagaReason },
  ) => Promise<void>;
}
