import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalRun } from './local-run.ts';
import type { StatusView } from '../../dev/api/types.ts';
import { DATABASE, TOPIC } from './shop.ts';

/** What faults have done to orders. */
export interface FaultsVerdict {
  readonly orders: number;
  readonly lost: number;
  readonly doubled: number;
  /** Kills of the consumer. */
  readonly kills: number;
}

const ORDERS = 400;
const OUTAGE_SECONDS = 3;
/** Orders between two kills of the consumer. */
const KILL_EVERY = 80;

/** Places orders while deliveries are doubled, answers lost, the consumer is killed and the database is down. */
export async function tryFaults(run: LocalRun): Promise<FaultsVerdict> {
  await run.api('faults', 'PUT', { duplicates: 0.3, loseAnswers: 0.2, delay: 5 });
  let kills = 0;
  for (let number = 0; number < ORDERS; number++) {
    await run.post('orders', '/orders', { customer_id: `fault-${number % 40}` });
    if (number % KILL_EVERY === KILL_EVERY - 1) {
      await run.api('apps/order-processor/kill', 'POST');
      kills++;
    }
    if (number === ORDERS / 2) {
      await run.api('databases/interrupt', 'POST', { seconds: OUTAGE_SECONDS });
    }
  }
  await run.idle();
  await run.api('faults', 'PUT', { duplicates: 0, loseAnswers: 0, delay: 0 });
  // Events whose answers were lost are redelivered.
  await sleep(2_000);
  await run.idle();
  const counted = await run.query<{ customer_id: string; count: number }>(
    DATABASE,
    "SELECT customer_id, count FROM customer_orders WHERE customer_id LIKE 'fault-%'",
  );
  const each = ORDERS / 40;
  const { databases } = await run.api<StatusView>('status');
  const held = databases.flatMap(({ quarantine }) => Object.values(quarantine));
  const events = await run.api<unknown[]>(`topics/${TOPIC}/events?limit=500`);
  if (events.length < ORDERS || held.some((rows) => rows > 0)) {
    throw new Error(
      `${events.length} events are in the topic, ${held.join('+')} in the quarantine`,
    );
  }
  return {
    ...{ orders: ORDERS, kills },
    lost: ORDERS - counted.reduce((sum, { count }) => sum + Math.min(count, each), 0),
    doubled: counted.reduce((sum, { count }) => sum + Math.max(0, count - each), 0),
  };
}
