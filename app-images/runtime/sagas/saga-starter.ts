import type { SagaContract } from '@cdk8s-event-platform/contracts';
import type { Transaction } from '../database/database.ts';
import type { EventPublishing } from '../outbox/event-publisher.ts';

/** A saga that is started. */
export interface SagaToStart<Data = unknown> {
  /** Id of the saga, at most 128 characters, e.g. that of an order: one that is started again is the same. */
  readonly id: string;
  readonly data: Data;
}

/** Starts and cancels the sagas of an app. */
export interface SagaStarter {
  /** @param orchestration the saga, with what it does. @returns whether it is started; false where it was before. */
  start(
    tx: Transaction & EventPublishing,
    orchestration: { readonly saga: SagaContract },
    saga: SagaToStart,
  ): Promise<boolean>;
  /** @returns whether there is such a saga that has not ended. */
  cancel(
    tx: Transaction,
    orchestration: { readonly saga: SagaContract },
    id: string,
  ): Promise<boolean>;
}
