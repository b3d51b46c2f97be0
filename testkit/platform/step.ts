import { table } from '../../cli/table.ts';
import { settle } from './settle.ts';
import type { Tally } from './tally.ts';
import { outOfOrder } from './order.ts';
import type { DatabasePlatform } from '../postgres/database-platform.ts';

/** What a step runs on. */
export type LoadedPlatform = Pick<DatabasePlatform, 'platform' | 'load' | 'progress'> & {
  /** Whether events of one key must be processed in their order. @default true */
  readonly ordersKeys?: boolean;
};

/** What one step came to. */
export interface StepResult {
  readonly name: string;
  /** Tasks that were accepted during the step. */
  readonly tasks: number;
  readonly seconds: number;
  readonly lost: number;
  readonly doubled: number;
  /** Events behind a later one of their key. */
  readonly outOfOrder: number;
  /** What the step measured. */
  readonly note: string;
  /** What must not be. */
  readonly failures: readonly string[];
}

/** What the body of a step returns. */
export interface StepOutcome {
  /** What was measured, or what measures it when consumers have everything. */
  readonly note: string | (() => Promise<string>);
  readonly failures?: readonly string[];
}

/** Time between two counts, in milliseconds. */
const INTERVAL = 500;
/** Time without any change after which what is missing counts as lost, in milliseconds. */
const PATIENCE = 60_000;

function problems({ consumer, lost, doubled, quarantined }: Tally): string[] {
  return lost + doubled + quarantined === 0
    ? []
    : [`${consumer}: lost ${lost}, doubled ${doubled}, quarantined ${quarantined}; all must be 0`];
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}

/** Runs a step, waits until consumers have everything that was accepted, and counts. */
export async function runStep(
  { platform, load, progress, ordersKeys = true }: LoadedPlatform,
  name: string,
  body: () => Promise<StepOutcome>,
): Promise<StepResult> {
  const before = load.confirmed.size;
  const started = performance.now();
  progress(`-- ${name}`);
  const { note: measured, failures = [] } = await body();
  const tallies = await settle(platform, load.confirmed, {
    poison: 0,
    progress: () => undefined,
    interval: INTERVAL,
    patience: PATIENCE,
  });
  const seconds = (performance.now() - started) / 1000;
  const orders = await outOfOrder(platform);
  const disordered = [...orders].filter(([, count]) => ordersKeys && count > 0);
  const all = [
    ...failures,
    ...tallies.flatMap(problems),
    ...disordered.map(([consumer, count]) => `${consumer}: ${count} events out of order`),
  ];
  const note = typeof measured === 'string' ? measured : await measured();
  progress(`${name}: ${note}`);
  return {
    name,
    tasks: load.confirmed.size - before,
    seconds,
    lost: sum(tallies.map(({ lost }) => lost)),
    doubled: sum(tallies.map(({ doubled }) => doubled)),
    outOfOrder: sum(orders.values()),
    note,
    failures: all.map((failure) => `${name}: ${failure}`),
  };
}

/** A row for each step. */
export function stepTable(results: readonly StepResult[]): string {
  const rows = results.map((result) => [
    result.name,
    String(result.tasks),
    result.seconds.toFixed(1),
    String(result.lost),
    String(result.doubled),
    String(result.outOfOrder),
    result.failures.length === 0 ? result.note : 'FAILED',
  ]);
  return table(['step', 'tasks', 'seconds', 'lost', 'doubled', 'out of order', 'result'], rows);
}
