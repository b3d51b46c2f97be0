import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { usePacked } from '../packages/packed-project.ts';
import { until } from '../../testkit/until.ts';
import { changeChart } from './chart.ts';
import { LocalRun } from './local-run.ts';
import type { Newcomer } from './newcomer.ts';
import { DATABASE, PROJECT, TOPIC } from './shop.ts';

/** Seconds of the steps from nothing to the next event on changed code. */
export interface Times {
  readonly create: number;
  readonly install: number;
  /** From `npm run dev` until a request has had its effect, with a new database. */
  readonly firstEvent: number;
  /** The same on the second start. */
  readonly secondStart: number;
  /** From a saved chart until the platform that it declares runs. */
  readonly chart: number;
  /** From a saved file until the first event that the new code has processed; several tries. */
  readonly edits: readonly number[];
}

const EDITS = 5;
/** Milliseconds in which an app starts again. */
const SETTLE = 2_000;
/** Seconds for an effect. */
const PATIENCE = 60;
/** What the consumer counts an order as, in the template. */
const ONE_ORDER = 'customer_orders.count + 1';

async function seconds(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
}

function order(run: LocalRun, customer: string): Promise<void> {
  return run.post('orders', '/orders', { customer_id: customer });
}

/** Waits until the newest event has been processed. */
async function processed(run: LocalRun): Promise<void> {
  const isProcessed = async () => {
    const event = await run.newest(TOPIC);
    return event?.consumers.some(({ outcome }) => outcome === 'processed') === true;
  };
  await until('the newest event is processed', PATIENCE, isProcessed, 10);
}

async function orders(run: LocalRun, customer: string): Promise<number> {
  const [row] = await run.query<{ count: number }>(
    DATABASE,
    `SELECT count FROM customer_orders WHERE customer_id = '${customer}'`,
  );
  return row?.count ?? 0;
}

/** Starts the project, and takes the time until an order has been processed. */
async function start(newcomer: Newcomer): Promise<{ run: LocalRun; took: number }> {
  let run: LocalRun | undefined;
  const took = await seconds(async () => {
    run = await LocalRun.start(newcomer, PROJECT);
    await order(run, 'first');
    await processed(run);
  });
  return { run: run!, took };
}

/** Changes how an order is counted, several times, and takes the time until one is counted so. */
async function edit(run: LocalRun, folder: string): Promise<number[]> {
  const file = join(folder, 'apps', 'order-processor', 'handlers.ts');
  const source = readFileSync(file, 'utf8');
  if (!source.includes(ONE_ORDER)) {
    throw new Error(`${file} does not contain '${ONE_ORDER}'`);
  }
  const times: number[] = [];
  for (let step = 1; step <= EDITS; step++) {
    const customer = `edit-${step}`;
    await order(run, customer);
    await run.idle();
    const took = await seconds(async () => {
      writeFileSync(file, source.replace(ONE_ORDER, `customer_orders.count + ${step}000`));
      while ((await orders(run, customer)) < 1_000) {
        await order(run, customer);
        await sleep(20);
      }
    });
    times.push(took);
    await run.idle();
    writeFileSync(file, source);
    await sleep(SETTLE);
  }
  return times;
}

/**
 * Creates a project, runs it, and changes it while it runs.
 *
 * @param tarballs of the packed packages, by name.
 * @param progress is told what is done next.
 */
export async function firstEvent(
  newcomer: Newcomer,
  home: string,
  tarballs: ReadonlyMap<string, string>,
  progress: (text: string) => void,
): Promise<{ times: Times; run: LocalRun }> {
  const folder = join(home, PROJECT);
  progress('npm create');
  const creator = 'create-cdk8s-event-platform';
  const create = await seconds(() => {
    const packed = `--package=file:${tarballs.get(creator)!}`;
    newcomer.run('npm', ['exec', '--yes', packed, '--', creator, PROJECT, '--no-install']);
  });
  usePacked(folder, tarballs);
  progress('npm install');
  const install = await seconds(() => {
    newcomer.run('npm', ['install', '--no-audit', '--no-fund'], PROJECT);
  });
  progress('npm run dev, twice');
  const first = await start(newcomer);
  await first.run.stop();
  const { run, took: secondStart } = await start(newcomer);
  try {
    progress(`${EDITS} edits`);
    const edits = await edit(run, folder);
    progress('a mistake in the chart, and a change of it');
    const chart = await changeChart(run, folder);
    await order(run, 'after-the-chart');
    await processed(run);
    const took = { firstEvent: first.took, secondStart, edits, chart };
    return { times: { create, install, ...took }, run };
  } catch (error) {
    await run.stop();
    throw error;
  }
}
