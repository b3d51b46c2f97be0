import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ORDER_IMAGES } from '../../charts/orders/images.ts';
import { orderPlatform } from '../../charts/orders/order-platform.ts';
import type { BrokerSetting } from '../../testkit/brokers/broker.ts';
import { inParallel } from '../../testkit/platform/load.ts';
import { type RunningPlatform, startPlatform } from '../../testkit/platform/platform.ts';
import { SeededRandom } from '../../testkit/random.ts';
import { until } from '../../testkit/until.ts';
import { reportEffects, settledEffects } from '../effects.ts';
import { PlatformClient } from '../platform-client.ts';
import { ARTICLES, Customer, type PlacedOrder } from './customer.ts';
import { balance, compareOrders, effectsOf } from './expectations.ts';

const CUSTOMERS = 60;
/** Share of customers who cannot pay. */
const POOR = 0.3;
/** Orders that are placed at the same time. */
const WIDTH = 16;
/** Kills, at least, half of them while orders go through the services, and none is placed any more. */
const KILLS = 20;
const SAGAS = ['choreography', 'orchestration'] as const;
/** Apps that are killed. */
const VICTIMS = [
  ...['shop-orders', 'shop-orchestrator', 'shop-payments', 'shop-inventory', 'shop-shipping'],
  ...['shop-email', 'shop-audit', 'shop-notifications'],
];

/** What a run is told. */
export interface OrdersOptions {
  readonly broker: BrokerSetting;
  readonly folder: string;
  readonly seed: number;
  /** Orders by each saga. */
  readonly orders: number;
  readonly progress: (text: string) => void;
}

/** Kills one thing after another, and starts it again. */
class Killer {
  #kills = 0;

  public constructor(
    private readonly platform: RunningPlatform,
    private readonly random: SeededRandom,
    private readonly progress: (text: string) => void,
  ) {}

  public get kills(): number {
    return this.#kills;
  }

  /** Kills apps, and in between the broker and the database, until it is told to end. */
  public async run(isOver: () => boolean, atLeast: number): Promise<void> {
    const enough = this.#kills + atLeast;
    for (let round = 0; this.#kills < enough || !isOver(); round++) {
      await sleep(700);
      if (round === 3) {
        await this.#kill(this.platform.broker.servers[0], 2_000);
        this.progress('a server of the broker was killed, and started again');
      } else if (round === 6) {
        await this.#kill(this.platform.postgres.process, 1_000);
        this.progress('the database was killed, and started again');
      } else {
        await this.#kill(this.#pod(this.random.pick(VICTIMS)).app, 300);
      }
    }
  }

  #pod(appId: string) {
    const { apps, more } = this.platform;
    return this.random.pick([apps.get(appId)!, ...more.filter((pod) => pod.appId === appId)]);
  }

  async #kill(
    victim: { stop(signal: 'SIGKILL'): Promise<unknown>; start(): Promise<unknown> },
    down: number,
  ): Promise<void> {
    await victim.stop('SIGKILL');
    await sleep(down);
    await victim.start();
    this.#kills++;
  }
}

/** Puts articles into the stock, and says what they cost. @returns how much of each is there */
async function fillStock(
  client: PlatformClient,
  orders: number,
): Promise<Readonly<Record<string, number>>> {
  const stock = { book: 10 * orders, pen: 20 * orders, limited: Math.ceil(orders / 40) };
  for (const [sku, price] of Object.entries(ARTICLES)) {
    await client.call('shop-orders', 'PUT', `/api/prices/${sku}`, { body: { price } });
  }
  for (const [sku, quantity] of Object.entries(stock)) {
    await client.call('shop-inventory', 'POST', `/api/stock/${sku}/deliveries`, {
      body: { quantity },
      headers: { 'idempotency-key': `stock-${sku}` },
    });
  }
  return stock;
}

async function register(
  { database }: RunningPlatform,
  client: PlatformClient,
): Promise<Customer[]> {
  const customers: Customer[] = [];
  await inParallel(CUSTOMERS, 4, async (index) => {
    customers.push(await Customer.register(client, index, index >= CUSTOMERS * POOR));
  });
  await until('customers of the order service', 60, async () => {
    const { rows } = await database.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM shop_customers',
    );
    return rows[0]!.n === CUSTOMERS;
  });
  return customers;
}

/** How orders of a saga have ended, in one line. */
function summary(
  saga: PlacedOrder['saga'],
  orders: readonly PlacedOrder[],
  shipped: ReadonlySet<string>,
): string {
  const own = orders.filter((order) => order.saga === saga);
  const of = (fate: PlacedOrder['fate']) => own.filter((order) => order.fate === fate).length;
  const sent = own.filter(({ id }) => shipped.has(id)).length;
  return `${saga}: ${own.length} orders, ${sent} shipped; ${of('payment')} had to fail at the payment, ${of('items')} at the items, ${of('shipment')} at the shipment, ${of('either')} were scarce or cancelled at once`;
}

/**
 * The order platform on a real broker, sidecars and database: orders go through both sagas while services, orchestrator,
 * broker and database are killed, and the service of users is down.
 *
 * @returns what is wrong.
 */
export async function verifyOrders(options: OrdersOptions): Promise<string[]> {
  const { broker, folder, seed, progress } = options;
  mkdirSync(folder, { recursive: true });
  const platform = await startPlatform({
    ...{ broker, folder, progress },
    system: {
      declare: (environment, declared) => orderPlatform(environment, declared),
      images: ORDER_IMAGES,
    },
  });
  await platform.scaleOut('shop-orders');
  await platform.scaleOut('shop-orchestrator');
  const client = new PlatformClient(platform, new SeededRandom(seed + 1));
  const stock = await fillStock(client, options.orders);
  const customers = await register(platform, client);
  // Nobody asks it for anything: who orders is known to the others.
  const users = platform.apps.get('shop-users')!.app;
  await users.stop('SIGKILL');
  progress(`${customers.length} customers are registered, and shop-users is down from now on`);
  const orders: PlacedOrder[] = [];
  const killer = new Killer(platform, new SeededRandom(seed), progress);
  let isOver = false;
  const killed = killer.run(() => isOver, KILLS / 2);
  const began = performance.now();
  const since = () => ((performance.now() - began) / 1000).toFixed(0);
  await inParallel(2 * options.orders, WIDTH, async (index) => {
    const random = new SeededRandom(seed * 10_007 + index);
    const customer = random.pick(customers);
    orders.push(await customer.order(`order-${index}`, SAGAS[index % 2]!, random));
  });
  progress(`${orders.length} orders were placed within ${since()} s`);
  isOver = true;
  await killed;
  await killer.run(() => true, KILLS / 2);
  progress(`${killer.kills} times something was killed, and started again`);
  const effects = await settledEffects(() => effectsOf(platform, orders, customers.length));
  progress(`all is done after ${since()} s`);
  const missing = reportEffects(effects);
  const { wrong, shipped } = await compareOrders(platform, orders);
  const rich = customers.filter(({ canPay }) => canPay).length;
  const sums = await balance(platform, orders, { shipped, rich, stock });
  SAGAS.forEach((saga) => progress(summary(saga, orders, shipped)));
  progress(
    `sold for ${sums.sold}; ${sums.wrong.length === 0 ? 'money and stock add up' : sums.wrong.join(', ')}`,
  );
  const { rows: held } = await platform.database.query<{ consumer: string; cause: string }>(
    'SELECT consumer, cause FROM quarantine',
  );
  await platform.database.end();
  return [
    ...missing,
    ...wrong,
    ...sums.wrong,
    ...held.map(({ consumer, cause }) => `an event is in the quarantine of ${consumer}: ${cause}`),
  ];
}
