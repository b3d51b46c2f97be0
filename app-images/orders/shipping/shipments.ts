import { createHash } from 'node:crypto';
import type { Transaction } from '@cdk8s-event-platform/runtime';
import type { OrderCreatedData } from '../events/index.ts';

/** Countries that nobody delivers to. */
const NOT_SERVED: ReadonlySet<string> = new Set(['AQ', 'BV', 'HM']);

/** What is known of an order. */
export interface Shipment {
  readonly status: 'open' | 'created' | 'refused' | 'void';
  readonly address: OrderCreatedData['shipping_address'] | null;
  readonly is_reserved: boolean;
  readonly tracking_number: string | null;
  readonly reason: string | null;
}

/** How an order was sent. */
export type Shipped =
  | { readonly outcome: 'created'; readonly tracking_number: string }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'not-yet' };

/** What an event says of an order. */
interface Known {
  readonly order?: Pick<OrderCreatedData, 'user_id' | 'shipping_address'>;
  readonly isReserved?: boolean;
}

const COLUMNS = 'status, address, is_reserved, tracking_number, reason';

/** Notes what is known of an order, in whatever order it comes, and locks it. */
export async function noteOrder(
  tx: Transaction,
  orderId: string,
  { order, isReserved = false }: Known = {},
): Promise<Shipment> {
  const { rows } = await tx.query<Shipment>(
    `INSERT INTO shop_shipments AS s (order_id, status, user_id, address, is_reserved)
     VALUES ($1, 'open', $2, $3, $4)
     ON CONFLICT (order_id) DO UPDATE SET user_id = coalesce(s.user_id, excluded.user_id),
       address = coalesce(s.address, excluded.address), is_reserved = s.is_reserved OR excluded.is_reserved
     RETURNING ${COLUMNS}`,
    [
      ...[orderId, order?.user_id ?? null],
      order === undefined ? null : JSON.stringify(order.shipping_address),
      isReserved,
    ],
  );
  return rows[0]!;
}

/** A number that follows from the order: asked for again, a parcel has the same one. */
function trackingNumberOf(orderId: string): string {
  return `TRK-${createHash('sha256').update(orderId).digest('hex').slice(0, 12).toUpperCase()}`;
}

/** Sends an order, once: asked again, it says what it said. */
export async function ship(
  tx: Transaction,
  orderId: string,
  { status, address, tracking_number: sent, reason }: Shipment,
): Promise<Shipped> {
  if (status === 'created') {
    return { outcome: 'created', tracking_number: sent! };
  }
  if (status !== 'open') {
    return { outcome: 'refused', reason: reason ?? 'the order was cancelled' };
  }
  if (address === null) {
    return { outcome: 'not-yet' };
  }
  const refused = NOT_SERVED.has(address.country)
    ? `nobody delivers to ${address.country}`
    : undefined;
  const number = trackingNumberOf(orderId);
  await tx.query(
    'UPDATE shop_shipments SET status = $2, tracking_number = $3, reason = $4 WHERE order_id = $1',
    [
      ...[orderId, refused === undefined ? 'created' : 'refused'],
      ...[refused === undefined ? number : null, refused ?? null],
    ],
  );
  return refused === undefined
    ? { outcome: 'created', tracking_number: number }
    : { outcome: 'refused', reason: refused };
}

/**
 * Sees to it that an order is not sent.
 *
 * @returns whether that was decided here: it was neither sent nor refused before.
 */
export async function holdBack(tx: Transaction, orderId: string, reason: string): Promise<boolean> {
  const { status } = await noteOrder(tx, orderId);
  if (status === 'open') {
    await tx.query(`UPDATE shop_shipments SET status = 'void', reason = $2 WHERE order_id = $1`, [
      orderId,
      reason,
    ]);
  }
  return status === 'open';
}
