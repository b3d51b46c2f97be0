import { projection, type Transaction } from '@cdk8s-event-platform/runtime';
import { OrderCancelled, OrderCreated, OrderPaid, OrderShipped } from '../events/index.ts';
import { order } from './order.ts';
import { OrderView } from './order-view-tables.ts';

interface Row {
  readonly n: string;
  readonly total_amount: string;
}

const TABLE = OrderView.table();
const COLUMNS = `n, order_id, user_id, status, is_paid, total_amount, articles, tracking_number, reason,
  created_at, changed_at`;

/** Keeps the read model of orders up to what has happened to them. */
export const orderView = projection(OrderView, {
  from: order.store,
  on: {
    [OrderCreated.type]: async (tx, { data, streamId, time }) => {
      await tx.query(
        `INSERT INTO ${TABLE} (order_id, user_id, status, total_amount, articles, created_at, changed_at)
         VALUES ($1, $2, 'pending', $3, $4, $5, $5)`,
        [streamId, data.user_id, data.total_amount, data.items.length, time],
      );
    },
    [OrderPaid.type]: async (tx, { streamId, time }) => {
      await tx.query(`UPDATE ${TABLE} SET is_paid = true, changed_at = $2 WHERE order_id = $1`, [
        ...[streamId, time],
      ]);
    },
    [OrderShipped.type]: async (tx, { data, streamId, time }) => {
      await tx.query(
        `UPDATE ${TABLE} SET status = 'shipped', tracking_number = $2, changed_at = $3 WHERE order_id = $1`,
        [streamId, data.tracking_number, time],
      );
    },
    [OrderCancelled.type]: async (tx, { data, streamId, time }) => {
      await tx.query(
        `UPDATE ${TABLE} SET status = 'cancelled', reason = $2, changed_at = $3 WHERE order_id = $1`,
        [streamId, data.reason, time],
      );
    },
  },
});

function shown({ total_amount: amount, n, ...row }: Row): object {
  return { n: Number(n), ...row, total_amount: Number(amount) };
}

/** An order as it is shown; undefined if it is not there, or not yet. */
export async function findOrder(tx: Transaction, id: string): Promise<object | undefined> {
  const { rows } = await tx.query<Row>(`SELECT ${COLUMNS} FROM ${TABLE} WHERE order_id = $1`, [id]);
  return rows[0] && shown(rows[0]);
}

/** Orders of a user, the newest first, and the mark of the next page if there is one. */
export async function listOrders(
  tx: Transaction,
  userId: string,
  { before = Number.MAX_SAFE_INTEGER, limit = 50 }: { before?: number; limit?: number },
): Promise<{ readonly orders: readonly object[]; readonly before?: number }> {
  const { rows } = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM ${TABLE} WHERE user_id = $1 AND n < $2 ORDER BY n DESC LIMIT $3`,
    [userId, before, limit],
  );
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return { orders: rows.map(shown), ...(last && { before: Number(last.n) }) };
}
