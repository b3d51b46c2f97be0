import { each, handles, HttpProblem, type ServiceParts } from '@cdk8s-event-platform/runtime';
import {
  ChargeCustomer,
  OrderCancelled,
  OrderPlaced,
  PaymentFailed,
  PaymentProcessed,
  PaymentRefunded,
  RefundCustomer,
} from '../events/index.ts';
import { AMOUNT, USER_ID } from '../events/properties.ts';
import { noOrder, orderIdIn } from '../order-path.ts';
import { charge, refund } from './payments.ts';

const WALLET = {
  type: 'object',
  required: ['user_id', 'balance'],
  properties: { user_id: USER_ID, balance: AMOUNT },
} as const;
const DEPOSIT = {
  type: 'object',
  required: ['amount'],
  properties: { amount: { ...AMOUNT, minimum: 1 } },
  additionalProperties: false,
} as const;

/** Payments, by the events of an order as well as by commands. */
export const parts: ServiceParts = {
  on: [
    each(OrderPlaced, async (tx, { data }) => {
      const charged = await charge(tx, data);
      if (charged.outcome === 'charged') {
        await tx.publish(PaymentProcessed, charged.payment);
      } else {
        await tx.publish(PaymentFailed, { order_id: data.order_id, reason: charged.reason });
      }
    }),
    each(OrderCancelled, async (tx, { data }) => {
      const payment = await refund(tx, data.order_id);
      if (payment !== undefined) {
        await tx.publish(PaymentRefunded, payment);
      }
    }),
    handles(ChargeCustomer, async (tx, { data }) => {
      const charged = await charge(tx, data);
      return charged.outcome === 'charged'
        ? { outcome: 'charged', payment_id: charged.payment.payment_id }
        : charged;
    }),
    handles(RefundCustomer, async (tx, { data }) => {
      await refund(tx, data.order_id);
      return { outcome: 'refunded' };
    }),
  ],
  routes: (api) => {
    api.post(
      '/api/wallets/:user_id/deposits',
      {
        summary: 'Puts money into the wallet of a user.',
        body: DEPOSIT,
        idempotencyKeyRequired: true,
        answers: { 200: { schema: WALLET } },
      },
      async (tx, { params: { user_id: userId }, body: { amount } }) => {
        const { rows } = await tx.query<{ balance: string }>(
          `INSERT INTO shop_wallets AS w VALUES ($1, $2)
           ON CONFLICT (user_id) DO UPDATE SET balance = w.balance + excluded.balance RETURNING balance`,
          [userId, amount],
        );
        return { user_id: userId, balance: Number(rows[0]!.balance) };
      },
    );
    api.get(
      '/api/wallets/:user_id',
      { summary: 'Shows what a user can spend.', answers: { 200: { schema: WALLET } } },
      async (tx, { params: { user_id: userId } }) => {
        const { rows } = await tx.query<{ balance: string }>(
          'SELECT balance FROM shop_wallets WHERE user_id = $1',
          [userId],
        );
        if (rows[0] === undefined) {
          throw new HttpProblem(404, `user ${userId!.slice(0, 64)} has no wallet`);
        }
        return { user_id: userId, balance: Number(rows[0].balance) };
      },
    );
    api.get(
      '/api/payments/:order_id',
      { summary: 'Shows the payment of an order.' },
      async (tx, { params }) => {
        const orderId = orderIdIn(params);
        const { rows } = await tx.query(
          'SELECT order_id, status, payment_id, amount::int8::float8 AS amount FROM shop_payments WHERE order_id = $1',
          [orderId],
        );
        return rows[0] ?? Promise.reject(noOrder(orderId));
      },
    );
  },
};
