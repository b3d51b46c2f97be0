import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningPlatform } from './platform.ts';
import { type Confirmed, CONSUMERS, type Tally, tally } from './tally.ts';

/** Settings of {@link settle}. */
export interface SettleOptions {
  /** Events in each quarantine when all is done. */
  readonly poison: number;
  readonly progress: (text: string) => void;
  /** Time between two counts, in milliseconds. @default 3000 */
  readonly interval?: number;
  /** Time without any change after which what is missing counts as lost, in milliseconds. @default 120000 */
  readonly patience?: number;
}

/** Waits until every consumer has everything, or nothing has changed for a while. */
export async function settle(
  platform: RunningPlatform,
  confirmed: Confirmed,
  { poison, progress, interval = 3_000, patience = 120_000 }: SettleOptions,
): Promise<Tally[]> {
  const consumers = CONSUMERS.map((appId) => platform.apps.get(appId)!);
  let seen = '';
  let changed = performance.now();
  for (;;) {
    const tallies = await Promise.all(consumers.map((app) => tally(platform, app, confirmed)));
    const complete = tallies.every(({ lost, quarantined }) => lost === 0 && quarantined >= poison);
    const state = JSON.stringify(tallies);
    if (complete && state === seen) {
      return tallies;
    }
    if (state !== seen) {
      seen = state;
      changed = performance.now();
      progress(
        `processed ${tallies.map(({ consumer, processed }) => `${consumer} ${processed}`).join(', ')} of ${confirmed.size}`,
      );
    } else if (performance.now() - changed > patience) {
      return tallies;
    }
    await sleep(interval);
  }
}
