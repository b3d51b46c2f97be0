import { setTimeout as sleep } from 'node:timers/promises';
import { table } from '../cli/table.ts';

/** One effect of a system: how often it must have happened, and how often it has. */
export interface Effect {
  readonly consumer: string;
  readonly effect: string;
  readonly expected: number;
  readonly found: number;
}

/** Time without any change after which what is missing counts as lost, in milliseconds. */
const PATIENCE = 60_000;

function isComplete(effects: readonly Effect[]): boolean {
  return effects.every(({ expected, found }) => expected === found);
}

/** Waits until every effect has happened as often as it must, or nothing changes any more. @param count all effects as they are. */
export async function settledEffects(
  count: () => Promise<readonly Effect[]>,
): Promise<readonly Effect[]> {
  let seen = '';
  let changed = performance.now();
  for (;;) {
    const effects = await count();
    const state = JSON.stringify(effects);
    if (state !== seen) {
      seen = state;
      changed = performance.now();
    } else if (isComplete(effects) || performance.now() - changed > PATIENCE) {
      return effects;
    }
    await sleep(1_000);
  }
}

/** Prints what was expected of each effect, and what was found. @returns what is wrong. */
export function reportEffects(effects: readonly Effect[]): string[] {
  const rows = effects.map(({ consumer, effect, expected, found }) => [
    ...[consumer, effect, String(expected), String(found)],
    String(Math.max(0, expected - found)),
    String(Math.max(0, found - expected)),
  ]);
  console.log(`\n${table(['consumer', 'effect', 'expected', 'found', 'lost', 'doubled'], rows)}\n`);
  return effects
    .filter(({ expected, found }) => expected !== found)
    .map((each) => `${each.consumer}: ${each.found} ${each.effect} instead of ${each.expected}`);
}
