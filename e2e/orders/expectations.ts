import type pg from 'pg';
import type { RunningPlatform } from '../../testkit/platform/platform.ts';
import type { Effect } from '../effects.ts';
import { ARTICLES, type Fate, type PlacedOrder, WEALTH } from './customer.ts';

/** Where an order is at each service. */
interface Row {
  readonly id: string;
  readonly shipped: boolean | null;
  readonly cancelled: boolean | null;
  readonly payment: string | null;
  readonly reservation: string | null;
  readonly shipment: string | null;
  readonly reason: string | null;
}

const STATES = `SELECT o.stream AS id, o.shipped, o.cancelled, o.reason,
    p.status AS payment, r.status AS reservation, s.status AS shipment
  FROM (SELECT stream, bool_or(type = 'com.shop.order.shipped') AS shipped,
      bool_or(type = 'com.shop.order.cancelled') AS cancelled,
      max(data->>'reason') AS reason
    FROM stored_events WHERE app = 'shop-orders' AND streams = 'orders' GROUP BY stream) o
  LEFT JOIN shop_payments p ON p.order_id::text = o.stream
  LEFT JOIN shop_reservations r ON r.order_id::text = o.stream
  LEFT JOIN shop_shipments s ON s.order_id::text = o.stream`;

async function numberOf(database: pg.Pool, statement: string): Promise<number> {
  const { rows } = await database.query<{ n: string }>(`SELECT (${statement})::bigint AS n`);
  return Number(rows[0]!.n);
}

/** What every consumer must have done once all orders have ended. */
export async function effectsOf(
  { database, mails }: RunningPlatform,
  orders: readonly PlacedOrder[],
  users: number,
): Promise<Effect[]> {
  const sql = (statement: string) => numberOf(database, statement);
  const happened = (...types: readonly string[]) =>
    sql(
      `SELECT count(*) FROM stored_events WHERE app = 'shop-orders'
       AND type IN (${types.map((type) => `'com.shop.${type}'`).join(', ')})`,
    );
  const analysed = (event: string) =>
    sql(`SELECT coalesce(sum(n), 0) FROM shop_daily WHERE event = '${event}'`);
  const orchestrated = orders.filter(({ saga }) => saga === 'orchestration').length;
  const ended = await happened('order.shipped', 'order.cancelled');
  const rows: [string, string, number, number][] = [
    ['orders', 'orders', orders.length, await happened('order.created')],
    ['orders', 'orders that have ended', orders.length, ended],
    [
      'orchestrator',
      'sagas that have ended',
      orchestrated,
      await sql('SELECT count(*) FROM sagas WHERE ended_at IS NOT NULL'),
    ],
    [
      'orders',
      'orders in the read model',
      ended,
      await sql(`SELECT count(*) FROM order_view_v1 WHERE status <> 'pending'`),
    ],
    ['crm', 'leads', users, await sql('SELECT count(*) FROM shop_leads')],
    ['analytics', 'users', users, await analysed('users')],
    ['analytics', 'orders', orders.length, await analysed('orders')],
    ['analytics', 'sales', await happened('order.shipped'), await analysed('sales')],
    [
      'analytics',
      'cancellations',
      await happened('order.cancelled'),
      await analysed('cancellations'),
    ],
    [
      'notifications',
      'notifications',
      await happened('order.paid', 'order.shipped', 'order.cancelled'),
      await sql('SELECT count(*) FROM shop_notifications'),
    ],
    [
      'audit',
      'mails that were queued',
      users + ended,
      await sql(
        `SELECT count(*) FROM stored_events WHERE app = 'shop-audit' AND type = 'com.shop.email.queued'`,
      ),
    ],
    [
      'audit',
      'events of orders',
      await happened('order.created', 'order.paid', 'order.shipped', 'order.cancelled'),
      await sql(
        `SELECT count(*) FROM stored_events WHERE app = 'shop-audit'
         AND type IN ('com.shop.order.created', 'com.shop.order.paid', 'com.shop.order.shipped', 'com.shop.order.cancelled')`,
      ),
    ],
    ['email', 'mails', users + ended, new Set(mails.mails.map(({ messageId }) => messageId)).size],
    ['all', 'events that wait in an outbox', 0, await sql('SELECT count(*) FROM outbox')],
    [
      'all',
      'side effects that are not done',
      0,
      await sql(`SELECT count(*) FROM effects WHERE status <> 'done'`),
    ],
  ];
  return rows.map(([consumer, effect, expected, found]) => ({
    ...{ consumer, effect, expected, found },
  }));
}

/** Why the services do not agree on an order; undefined where they do. */
function disagreement(row: Row): string | undefined {
  const { shipped, cancelled, payment, reservation, shipment } = row;
  if (shipped === cancelled) {
    return shipped === true ? 'is shipped and cancelled' : 'has not ended';
  }
  const done = [payment === 'charged', reservation === 'reserved', shipment === 'created'];
  return done.every((each) => each === shipped)
    ? undefined
    : `is half done: payment ${payment}, reservation ${reservation}, shipment ${shipment}`;
}

/** What is said of an order that failed at a step, by the events or by the orchestrator. */
const REASONS: Readonly<Record<Exclude<Fate, 'either' | 'shipped'>, RegExp>> = {
  payment: /insufficient funds|payment: declined/,
  items: /out of stock|items: out-of-stock/,
  shipment: /nobody delivers|shipment: refused/,
};

/** Whether an order ended as it had to: at the step that had to fail, unless its customer has cancelled it before. */
function endedOtherwise({ fate, mayBeCancelled }: PlacedOrder, { shipped, reason }: Row): boolean {
  if (fate === 'either') {
    return false;
  }
  if (fate === 'shipped') {
    return shipped !== true;
  }
  const isCancelled = mayBeCancelled && (reason ?? '').includes('customer has cancelled');
  return shipped === true || !(isCancelled || REASONS[fate].test(reason ?? ''));
}

/** How orders have ended, and what is wrong with it. */
export async function compareOrders(
  { database }: RunningPlatform,
  orders: readonly PlacedOrder[],
): Promise<{ readonly wrong: string[]; readonly shipped: ReadonlySet<string> }> {
  const { rows } = await database.query<Row & Record<string, unknown>>(STATES);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const wrong = orders.flatMap((order) => {
    const row = byId.get(order.id);
    if (row === undefined) {
      return [`order ${order.id} is gone`];
    }
    const problem =
      disagreement(row) ??
      (endedOtherwise(order, row)
        ? `was to end at '${order.fate}', and ended otherwise: ${row.reason ?? 'shipped'}`
        : undefined);
    return problem === undefined ? [] : [`order ${order.id} (${order.saga}) ${problem}`];
  });
  return { wrong, shipped: new Set(rows.filter((row) => row.shipped).map(({ id }) => id)) };
}

/** Money and stock: what is there, and what was sold, must be what was put in. */
export async function balance(
  { database }: RunningPlatform,
  orders: readonly PlacedOrder[],
  {
    shipped,
    rich,
    stock,
  }: {
    readonly shipped: ReadonlySet<string>;
    /** Customers with money. */
    readonly rich: number;
    readonly stock: Readonly<Record<string, number>>;
  },
): Promise<{ readonly wrong: string[]; readonly sold: number }> {
  const done = orders.filter(({ id }) => shipped.has(id));
  const sold = done.reduce((sum, { amount }) => sum + amount, 0);
  const left = await numberOf(database, 'SELECT sum(balance) FROM shop_wallets');
  const wrong =
    left + sold === rich * WEALTH ? [] : [`${rich * WEALTH - sold - left} of the money is missing`];
  for (const sku of Object.keys(ARTICLES)) {
    const taken = done
      .flatMap(({ items }) => items)
      .filter((item) => item.sku === sku)
      .reduce((sum, { quantity }) => sum + quantity, 0);
    const there = await numberOf(
      database,
      `SELECT coalesce((SELECT available FROM shop_stock WHERE sku = '${sku}'), 0)`,
    );
    const missing = (stock[sku] ?? 0) - taken - there;
    if (missing !== 0) {
      wrong.push(`${missing} of '${sku}' are missing`);
    }
  }
  return { wrong, sold };
}
