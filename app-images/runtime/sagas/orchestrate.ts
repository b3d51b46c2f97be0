import type { SagaContract, SagaData } from '@cdk8s-event-platform/contracts';
import { compileSchema, sagaDataSchema } from '@cdk8s-event-platform/contracts/internal';
import type { Transaction } from '../database/database.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { boundedReasons } from '../events/schema-check.ts';
import type { EventPublishing } from '../outbox/event-publisher.ts';
import { appScope } from '../process/app-scope.ts';
import type { AnySagaCode, SagaCode } from './saga-code.ts';
import type { SagaStarter, SagaToStart } from './saga-starter.ts';

/** Longest id of a saga. */
const MAX_ID_LENGTH = 128;

/** A saga with what it does: a part of `on`. */
export class Orchestration<Contract extends SagaContract = SagaContract> {
  readonly #validate;

  /** @internal */
  public constructor(
    public readonly saga: Contract,
    /** @internal */
    public readonly code: AnySagaCode,
  ) {
    this.#validate = compileSchema(sagaDataSchema(saga));
  }

  /**
   * Starts a saga in a transaction: it exists once that has committed, and never when it has not. One with the same id
   * is not started again, whatever its data and version are.
   *
   * @returns whether it is started; false where it was before.
   * @throws InvalidEventError when its data do not fit, or its id is empty or too long.
   * @throws Error when the app does not run this saga.
   * @example
   * each(OrderSubmitted, async (tx, { data }) => {
   *   await placeOrder.start(tx, { id: data.order_id, data: { order_id: data.order_id } });
   * });
   */
  public async start(
    tx: Transaction & EventPublishing,
    { id, data }: SagaToStart<SagaData<Contract>>,
  ): Promise<boolean> {
    if (id === '' || id.length > MAX_ID_LENGTH) {
      throw new InvalidEventError(
        `the id of a saga has 1 to ${MAX_ID_LENGTH} characters, and this one ${id.length}`,
      );
    }
    if (!this.#validate(data)) {
      const problems = boundedReasons(
        this.#validate.errors ?? [],
        ({ instancePath, message, keyword }) => `data${instancePath} ${message ?? keyword}`,
      );
      throw new InvalidEventError(
        `the data of saga '${this.saga.name}' are not valid: ${problems.join('; ')}`,
      );
    }
    return this.#starter().start(tx, this, { id, data });
  }

  /**
   * Cancels a saga once the transaction has committed: what was done is undone, in the reverse order. One that is
   * past its point of no return, or about to do what cannot be undone, goes on.
   *
   * @returns whether there is such a saga that has not ended.
   * @example
   * each(CancellationRequested, async (tx, { data }) => {
   *   await placeOrder.cancel(tx, data.order_id);
   * });
   */
  public async cancel(tx: Transaction, id: string): Promise<boolean> {
    return this.#starter().cancel(tx, this, id);
  }

  #starter(): SagaStarter {
    const { sagas } = appScope();
    if (sagas === undefined) {
      throw new Error(
        `saga '${this.saga.name}' cannot be started here: this is no app, or it runs no sagas`,
      );
    }
    return sagas;
  }
}

/**
 * Joins a saga and what it asks for. The result is a part of `on`, and starts sagas: `start` works in a handler, a
 * route and a job. The steps, the answers and the timeouts are the runtime's: each moves on in one transaction with the
 * outbox.
 *
 * @example
 * export const placeOrder = orchestrate(PlaceOrder, {
 *   steps: {
 *     payment: {
 *       request: ({ id, data }) => ({ order_id: id, amount: data.amount }),
 *       undo: ({ id }) => ({ order_id: id }),
 *     },
 *     shipment: { request: ({ id, replies }) => ({ order_id: id, payment_id: replies.payment.payment_id }) },
 *   },
 *   completed: (tx, { id }) => tx.publish(OrderConfirmed, { order_id: id }),
 *   cancelled: (tx, { id, reason }) => tx.publish(OrderCancelled, { order_id: id, reason: reason.outcome }),
 * });
 *
 * startService(orders, { on: [placeOrder, each(OrderSubmitted, (tx, { data }) => placeOrder.start(tx, …))] });
 *
 * @see https://www.enterpriseintegrationpatterns.com/patterns/messaging/ProcessManager.html
 */
export function orchestrate<const Contract extends SagaContract>(
  saga: Contract,
  code: SagaCode<Contract>,
): Orchestration<Contract> {
  return new Orchestration(saga, code as unknown as AnySagaCode);
}
