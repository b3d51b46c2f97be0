import { shown } from './checks.ts';
import type { DataOf, EventSchema } from './event-contract.ts';
import type { OutcomeOf, SagaContract, SagaOutcomes, SagaRetry, SagaStep } from './saga.ts';
import { sagaProblems } from './saga-problems.ts';

/** What the compiler checks of a step: that outcomes are those of its commands. */
type CheckedStep<Step extends SagaStep> = Omit<SagaStep, 'done' | 'failed' | 'undone' | 'retry'> & {
  readonly done: SagaOutcomes<OutcomeOf<Step['request']>>;
  readonly failed?: SagaOutcomes<OutcomeOf<Step['request']>>;
  readonly undone?: SagaOutcomes<OutcomeOf<Step['undo']>>;
  readonly retry?: SagaRetry<OutcomeOf<Step['request']> | OutcomeOf<Step['undo']>>;
};

type CheckedSteps<Steps extends readonly SagaStep[]> = {
  readonly [Index in keyof Steps]: CheckedStep<Steps[Index]>;
};

/**
 * Declares a saga. The app that runs it lists it under `sagas` of its manifest, and says in code what it asks for. The
 * result is frozen.
 *
 * @throws Error that lists every problem of the saga.
 * @example
 * export const PlaceOrder = defineSaga({
 *   name: 'place-order',
 *   version: '1.0.0',
 *   description: 'Charges the customer, reserves the items, and has them sent.',
 *   data: { type: 'object', required: ['order_id'], properties: { order_id: { type: 'string', maxLength: 64 } } },
 *   steps: [
 *     { name: 'payment', request: ChargeCustomer, done: 'charged', failed: 'declined', undo: RefundCustomer, undone: 'refunded', timeout: { minutes: 5 } },
 *     { name: 'shipment', request: CreateShipment, done: 'created', failed: 'refused', timeout: { minutes: 5 } },
 *   ],
 * });
 */
export function defineSaga<
  const Schema extends EventSchema,
  const Steps extends readonly SagaStep[],
>(
  saga: Pick<SagaContract, 'name' | 'version' | 'description'> & {
    readonly data: Schema;
    readonly steps: Steps & CheckedSteps<Steps>;
  },
): SagaContract<DataOf<Schema>, Steps> {
  const problems = sagaProblems(saga);
  if (problems.length > 0) {
    const name = shown((saga as Partial<SagaContract> | undefined)?.name);
    throw new Error(`saga ${name} is not valid [EP2016]:\n- ${problems.join('\n- ')}`);
  }
  const steps = saga.steps.map((step: SagaStep) => Object.freeze({ ...step }));
  const defined: unknown = Object.freeze({ ...saga, steps: Object.freeze(steps) });
  return defined as SagaContract<DataOf<Schema>, Steps>;
}
