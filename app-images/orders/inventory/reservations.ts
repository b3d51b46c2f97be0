import type { EventData } from '@cdk8s-event-platform/contracts';
import type { Transaction } from '@cdk8s-event-platform/runtime';
import type { ReserveItems } from '../events/index.ts';

/** What is ordered. */
export type Items = EventData<typeof ReserveItems>['items'];

/** Whether items were set aside. */
export type Reserved =
  { readonly outcome: 'reserved' } | { readonly outcome: 'out-of-stock'; readonly reason: string };

/** What is known of an order. */
export interface Reservation {
  readonly status: 'open' | 'reserved' | 'refused' | 'released' | 'void';
  readonly items: Items | null;
  readonly is_paid: boolean;
}

/**
 * Notes what is known of an order, in whatever order it comes, and locks it.
 *
 * @param known the new part. @default - nothing new
 */
export async function noteOrder(
  tx: Transaction,
  orderId: string,
  { items, isPaid = false }: { readonly items?: Items; readonly isPaid?: boolean } = {},
): Promise<Reservation> {
  const { rows } = await tx.query<Reservation>(
    `INSERT INTO shop_reservations AS r (order_id, status, items, is_paid) VALUES ($1, 'open', $2, $3)
     ON CONFLICT (order_id) DO UPDATE
     SET items = coalesce(r.items, excluded.items), is_paid = r.is_paid OR excluded.is_paid
     RETURNING status, items, is_paid`,
    [orderId, items === undefined ? null : JSON.stringify(items), isPaid],
  );
  return rows[0]!;
}

async function setStatus(
  tx: Transaction,
  orderId: string,
  status: Reservation['status'],
): Promise<void> {
  await tx.query('UPDATE shop_reservations SET status = $2 WHERE order_id = $1', [orderId, status]);
}

/** Quantities by article, which may be listed twice, in the order in which articles are locked everywhere. */
function quantitiesOf(items: Items): [readonly string[], readonly number[]] {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of items) {
    quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  }
  const skus = [...quantities.keys()].sort();
  return [skus, skus.map((sku) => quantities.get(sku)!)];
}

async function missing(tx: Transaction, items: Items): Promise<readonly string[]> {
  const [skus, quantities] = quantitiesOf(items);
  const { rows } = await tx.query<{ sku: string; available: string }>(
    'SELECT sku, available FROM shop_stock WHERE sku = ANY ($1) ORDER BY sku FOR UPDATE',
    [skus],
  );
  const available = new Map(rows.map((row) => [row.sku, Number(row.available)]));
  return skus.filter((sku, index) => (available.get(sku) ?? 0) < quantities[index]!);
}

/** Adds to the stock, or takes from it. */
async function move(tx: Transaction, items: Items, sign: 1 | -1): Promise<void> {
  const [skus, quantities] = quantitiesOf(items);
  await tx.query(
    `UPDATE shop_stock SET available = available + moved.quantity
     FROM unnest($1::text[], $2::bigint[]) AS moved (sku, quantity) WHERE shop_stock.sku = moved.sku`,
    [skus, quantities.map((quantity) => sign * quantity)],
  );
}

/** Sets the items of an order aside, all or none, once: asked again, it says what it said. */
export async function reserve(tx: Transaction, orderId: string, items: Items): Promise<Reserved> {
  const { status } = await noteOrder(tx, orderId, { items });
  if (status === 'reserved') {
    return { outcome: 'reserved' };
  }
  if (status === 'released' || status === 'void') {
    return { outcome: 'out-of-stock', reason: 'the order was cancelled' };
  }
  const lacking = await missing(tx, items);
  if (status === 'refused' || lacking.length > 0) {
    await setStatus(tx, orderId, 'refused');
    const reason = `out of stock: ${lacking.join(', ')}`;
    return { outcome: 'out-of-stock', reason: reason.slice(0, 200) };
  }
  await move(tx, items, -1);
  await setStatus(tx, orderId, 'reserved');
  return { outcome: 'reserved' };
}

/**
 * Puts the items of an order back. Where none is set aside yet, none will be.
 *
 * @returns whether there was something to undo.
 */
export async function release(tx: Transaction, orderId: string): Promise<boolean> {
  const { status, items } = await noteOrder(tx, orderId);
  if (status === 'reserved') {
    await move(tx, items!, 1);
    await setStatus(tx, orderId, 'released');
  } else if (status === 'open') {
    await setStatus(tx, orderId, 'void');
  }
  return status === 'reserved';
}
