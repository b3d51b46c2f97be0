import {
  aggregate,
  CommandRefusedError,
  eventStore,
  happened,
} from '@cdk8s-event-platform/runtime';
import {
  OrderCancelled,
  OrderCreated,
  type OrderCreatedData,
  OrderPaid,
  Orders,
  OrderShipped,
} from '../events/index.ts';

/** What has become of an order. */
export interface OrderState {
  readonly status: 'unknown' | 'pending' | 'shipped' | 'cancelled';
  readonly isPaid: boolean;
  /** What was ordered; undefined while the order is unknown. */
  readonly order: Pick<OrderCreatedData, 'user_id' | 'total_amount' | 'saga'> | undefined;
}

type Known = OrderState & { readonly order: NonNullable<OrderState['order']> };

/** The state of an order that exists. @throws CommandRefusedError for one that does not. */
function known(state: OrderState): Known {
  if (state.order === undefined) {
    throw new CommandRefusedError('unknown-order', 'there is no such order');
  }
  return state as Known;
}

const UNKNOWN: OrderState = { status: 'unknown', isPaid: false, order: undefined };

/** An order: what has happened to it, and what may happen next. Whatever is said twice happens once. */
export const order = aggregate(eventStore(Orders), {
  initial: UNKNOWN,
  evolve: {
    [OrderCreated.type]: (_state, { data: { user_id, total_amount, saga } }) => ({
      ...{ status: 'pending' as const, isPaid: false },
      order: { user_id, total_amount, saga },
    }),
    [OrderPaid.type]: (state) => ({ ...state, isPaid: true }),
    [OrderShipped.type]: (state) => ({ ...state, status: 'shipped' as const }),
    [OrderCancelled.type]: (state) => ({ ...state, status: 'cancelled' as const }),
  },
  decide: {
    create: (state, { order: created }: { order: OrderCreatedData }) => {
      if (state.order !== undefined) {
        throw new CommandRefusedError('order-exists', 'there is an order with this id');
      }
      return happened(OrderCreated, created);
    },
    pay: (state, { payment_id }: { payment_id: string }, { id: order_id }) => {
      const { status, isPaid, order: of } = known(state);
      // Who was cancelled meanwhile gets their money back from who has charged them.
      return isPaid || status === 'cancelled'
        ? []
        : happened(OrderPaid, {
            ...{ order_id, payment_id, user_id: of.user_id, amount: of.total_amount },
          });
    },
    ship: (state, { tracking_number }: { tracking_number: string }, { id: order_id }) => {
      const { status, order: of } = known(state);
      if (status === 'cancelled') {
        throw new CommandRefusedError('cancelled', 'the order was cancelled, and is not shipped');
      }
      return status === 'shipped'
        ? []
        : happened(OrderShipped, {
            ...{ order_id, tracking_number, user_id: of.user_id, amount: of.total_amount },
          });
    },
    cancel: (state, { reason }: { reason: string }, { id: order_id }) => {
      const { status, order: of } = known(state);
      if (status === 'shipped') {
        throw new CommandRefusedError('shipped', 'the order is under way, and not cancelled');
      }
      return status === 'cancelled'
        ? []
        : happened(OrderCancelled, { order_id, user_id: of.user_id, reason });
    },
  },
});
