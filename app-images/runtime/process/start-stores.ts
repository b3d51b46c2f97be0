import type { AppManifest } from '@cdk8s-event-platform/contracts';
import {
  ADOPT_STORED_EVENTS_FUNCTION,
  STORE_HORIZON_FUNCTION,
  STORED_EVENTS_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import { runStatement } from '../database/database.ts';
import { type PollingLoop, startPollingLoop } from './polling-loop.ts';
import type { ProcessContext, ProcessParts } from './start.ts';

/** Time between two measurements of what is held back, in milliseconds. */
const MEASURE_INTERVAL = 5_000;

/*
 * Committed events that readers do not see yet, since a transaction is under way that has begun before. With few events
 * beyond the horizon, the index of the order has little to look at.
 */
const HELD_BACK = `SELECT coalesce(extract(epoch FROM now() - min(time)), 0)::float AS seconds
FROM ${STORED_EVENTS_TABLE} WHERE app = $1 AND streams = $2 AND transaction >= (SELECT ${STORE_HORIZON_FUNCTION}())`;

/** What the event stores of an app do in the background. */
export interface StartedStores {
  readonly loops: readonly PollingLoop[];
  /** Why it is not ready, beside another reason. */
  readonly parts: (
    other: (() => string | undefined) | undefined,
  ) => Required<Pick<ProcessParts, 'problem'>> | object;
}

/** Goes on behind events that another server has stored, and measures what is held back. Without streams, it starts nothing. */
export function startStores(
  { appId, streams = [] }: AppManifest,
  { pool, metrics, log }: Pick<ProcessContext, 'pool' | 'metrics' | 'log'>,
): StartedStores {
  if (streams.length === 0) {
    return { loops: [], parts: () => ({}) };
  }
  let adopted = false;
  streams.forEach(({ name }) => metrics.initializeStreams(name));
  const poll = async (): Promise<number> => {
    if (!adopted) {
      const { rows } = await runStatement<{ behind: string }>(
        pool,
        `SELECT ${ADOPT_STORED_EVENTS_FUNCTION}() AS behind`,
      );
      adopted = true;
      if (rows[0]!.behind !== '0') {
        log.info({ transaction: rows[0]!.behind }, 'going on behind events of another server');
      }
    }
    for (const { name } of streams) {
      const { rows } = await runStatement<{ seconds: number }>(pool, HELD_BACK, [appId, name]);
      metrics.storeHeldBack(name, Math.max(0, rows[0]!.seconds));
    }
    return 0;
  };
  const loop = startPollingLoop({
    ...{ name: 'event-store', poll, log },
    minDelay: MEASURE_INTERVAL,
    maxDelay: MEASURE_INTERVAL,
  });
  return {
    loops: [loop],
    parts: (other) => ({
      problem: () => other?.() ?? (adopted ? undefined : 'the event store was not looked at yet'),
    }),
  };
}
