import { randomUUID } from 'node:crypto';
import type { EventData } from '@cdk8s-event-platform/contracts';
import type { Transaction } from '@cdk8s-event-platform/runtime';
import type { ChargeCustomer } from '../events/index.ts';

/** A payment that was made. */
export interface Payment {
  readonly order_id: string;
  readonly payment_id: string;
  readonly amount: number;
}

/** How a customer was charged. */
export type Charged =
  | { readonly outcome: 'charged'; readonly payment: Payment }
  | { readonly outcome: 'declined'; readonly reason: string };

interface Row {
  readonly status: 'open' | 'charged' | 'declined' | 'refunded' | 'void';
  readonly payment_id: string | null;
  readonly user_id: string | null;
  readonly amount: string | null;
}

/** The payment of an order, locked; one that nobody has asked for yet is open. */
async function lockPayment(tx: Transaction, orderId: string): Promise<Row> {
  await tx.query(
    `INSERT INTO shop_payments (order_id, status) VALUES ($1, 'open') ON CONFLICT DO NOTHING`,
    [orderId],
  );
  const { rows } = await tx.query<Row>(
    'SELECT status, payment_id, user_id, amount FROM shop_payments WHERE order_id = $1 FOR UPDATE',
    [orderId],
  );
  return rows[0]!;
}

function paymentOf(orderId: string, { payment_id: id, amount }: Row): Payment {
  return { order_id: orderId, payment_id: id!, amount: Number(amount) };
}

const DECLINED = { outcome: 'declined', reason: 'insufficient funds' } as const;
const CANCELLED = { outcome: 'declined', reason: 'the order was cancelled' } as const;

/** Charges the customer of an order, once: asked again, it says what it said. One that was cancelled is not charged. */
export async function charge(
  tx: Transaction,
  { order_id: orderId, user_id: userId, amount }: EventData<typeof ChargeCustomer>,
): Promise<Charged> {
  const row = await lockPayment(tx, orderId);
  if (row.status !== 'open') {
    return row.status === 'charged'
      ? { outcome: 'charged', payment: paymentOf(orderId, row) }
      : row.status === 'declined'
        ? DECLINED
        : CANCELLED;
  }
  const { rowCount } = await tx.query(
    'UPDATE shop_wallets SET balance = balance - $2 WHERE user_id = $1 AND balance >= $2',
    [userId, amount],
  );
  const payment = { order_id: orderId, payment_id: randomUUID(), amount };
  await tx.query(
    `UPDATE shop_payments SET status = $2, payment_id = $3, user_id = $4, amount = $5
     WHERE order_id = $1`,
    rowCount === 1
      ? [orderId, 'charged', payment.payment_id, userId, amount]
      : [orderId, 'declined', null, userId, amount],
  );
  return rowCount === 1 ? { outcome: 'charged', payment } : DECLINED;
}

/**
 * Gives the customer of an order their money back. One who was not charged yet will not be.
 *
 * @returns the payment, if there was one to undo.
 */
export async function refund(tx: Transaction, orderId: string): Promise<Payment | undefined> {
  const row = await lockPayment(tx, orderId);
  if (row.status !== 'charged' && row.status !== 'open') {
    return undefined;
  }
  const isCharged = row.status === 'charged';
  await tx.query('UPDATE shop_payments SET status = $2 WHERE order_id = $1', [
    orderId,
    isCharged ? 'refunded' : 'void',
  ]);
  if (!isCharged) {
    return undefined;
  }
  await tx.query('UPDATE shop_wallets SET balance = balance + $2 WHERE user_id = $1', [
    row.user_id,
    row.amount,
  ]);
  return paymentOf(orderId, row);
}
