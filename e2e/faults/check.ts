import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningPlatform } from '../../testkit/platform/platform.ts';
import { type Confirmed, CONSUMERS, type Tally, tally } from '../../testkit/platform/tally.ts';

/** What became of everything that was accepted. */
export interface Totals {
  readonly tallies: readonly Tally[];
  /** Tasks that are behind a later one of their user. */
  readonly outOfOrder: number;
  /** Events that were given up by sidecars and replayed. */
  readonly replayed: number;
}

/** Time without any progress after which what is missing counts as lost, in milliseconds. */
const PATIENCE = 120_000;

/** Tasks whose number is below that of one before them, of the same user. */
async function outOfOrder(platform: RunningPlatform): Promise<number> {
  const { rows } = await platform.database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (
       SELECT title::int < max(title::int) OVER (PARTITION BY user_id ORDER BY id ROWS UNBOUNDED PRECEDING) AS behind FROM tasks
     ) AS numbered WHERE behind`,
  );
  return rows[0]!.count;
}

/** Replays what is in the quarantine, since nothing in it is at fault. Returns how many. */
async function replayAll(platform: RunningPlatform): Promise<number> {
  const { rowCount } = await platform.database.query(
    `UPDATE quarantine SET status = 'replaying' WHERE status = 'held' AND reason <> 'parked'`,
  );
  return rowCount ?? 0;
}

/** Waits until everything has its effect, or nothing changes any more, and counts. */
export async function check(
  platform: RunningPlatform,
  confirmed: Confirmed,
  progress: (text: string) => void,
): Promise<Totals> {
  let seen = '';
  let changed = performance.now();
  let replayed = 0;
  for (;;) {
    await sleep(2_000);
    try {
      const tallies = await Promise.all(
        CONSUMERS.map((appId) => tally(platform, platform.apps.get(appId)!, confirmed)),
      );
      const complete = tallies.every(({ lost, quarantined }) => lost === 0 && quarantined === 0);
      const state = JSON.stringify(tallies.map(({ lost, quarantined }) => [lost, quarantined]));
      if (complete && state === seen) {
        return { tallies, replayed, outOfOrder: await outOfOrder(platform) };
      }
      if (state !== seen) {
        seen = state;
        changed = performance.now();
        progress(
          `${tallies.map(({ consumer, lost }) => `${consumer} lacks ${lost}`).join(', ')} of ${confirmed.size}`,
        );
      } else if (performance.now() - changed > PATIENCE) {
        return { tallies, replayed, outOfOrder: await outOfOrder(platform) };
      }
      replayed += await replayAll(platform);
    } catch (error) {
      // Something is on its way up: it is asked again.
      progress(`not yet: ${(error as Error).message}`);
    }
  }
}
