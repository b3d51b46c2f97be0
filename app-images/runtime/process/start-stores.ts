import type { AppManifest } from '@cdk8s-event-platform/contracts';
import {
  ADOPT_STORED_EVENTS_FUNCTION,
  STORE_HORIZON_FUNCTION,
  STORED_EVENTS_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import { runStatement } from '../database/database.ts';
import type { ProjectionPart } from '../projections/projection.ts';
import { Projector } from '../projections/projector.ts';
import { runAll } from './housekeeping.ts';
import { type PollingLoop, startPollingLoop } from './polling-loop.ts';
import type { ProcessContext, ProcessParts } from './start.ts';

/** Time between two measurements of what is held back and behind, in milliseconds. */
const MEASURE_INTERVAL = 5_000;

/**
 * Age of the first committed event that readers do not see yet, since a transaction is under way that has begun before. The index
 * of the order has it: one row is read, however many are held back.
 *
 * @internal
 */
export const HELD_BACK = `SELECT coalesce((
  SELECT extract(epoch FROM now() - time) FROM ${STORED_EVENTS_TABLE}
  WHERE app = $1 AND streams = $2 AND transaction >= (SELECT ${STORE_HORIZON_FUNCTION}())
  ORDER BY transaction, position LIMIT 1
), 0)::float AS seconds`;

/** What the event stores of an app do in the background. */
export interface StartedStores {
  readonly loops: readonly PollingLoop[];
  /** Projects now: events may have been appended. */
  wake(): void;
  /** Why the app is not ready, beside another reason. */
  parts(other: Required<Pick<ProcessParts, 'problem'>> | undefined): Pick<ProcessParts, 'problem'>;
}

type StoresContext = Pick<ProcessContext, 'pool' | 'metrics' | 'log'>;

/**
 * Goes on behind events that another server has stored, and measures what is held back and behind. Looked at in each round: a dump may be
 * restored while the app runs.
 */
function storeTask(
  { appId, streams = [] }: AppManifest,
  { pool, metrics, log }: StoresContext,
  projectors: readonly Projector[],
) {
  let adopted = false;
  const adopt = async (): Promise<void> => {
    const { rows } = await runStatement<{ behind: string }>(
      pool,
      `SELECT ${ADOPT_STORED_EVENTS_FUNCTION}() AS behind`,
    );
    adopted = true;
    const { behind } = rows[0]!;
    if (behind !== '0') {
      log.info({ transaction: behind }, 'going on behind events of another server');
    }
  };
  const measure = async (): Promise<void> => {
    for (const { name } of streams) {
      const { rows } = await runStatement<{ seconds: number }>(pool, HELD_BACK, [appId, name]);
      metrics.storeHeldBack(name, Math.max(0, rows[0]!.seconds));
    }
    for (const projector of projectors) {
      await projector.measure();
    }
  };
  // What keeps the store from going on is to be seen in what is measured.
  const poll = () => runAll([adopt, measure]).then(() => 0);
  const problem = () => (adopted ? undefined : 'the event store was not looked at yet');
  return { poll, problem };
}

/** Starts what event stores and projections do in the background. Without streams, it starts nothing. */
export function startStores(
  manifest: AppManifest,
  context: StoresContext,
  projections: readonly ProjectionPart[] = [],
): StartedStores {
  const { streams = [] } = manifest;
  if (streams.length === 0) {
    return {
      loops: [],
      wake: () => undefined,
      parts: (other) => ({ problem: () => other?.problem() }),
    };
  }
  const { log, metrics } = context;
  streams.forEach(({ name }) => metrics.initializeStreams(name));
  const projectors = projections.map((part) => new Projector({ ...context, manifest, part }));
  const { poll, problem } = storeTask(manifest, context, projectors);
  const measuring = startPollingLoop({
    ...{ name: 'event-store', poll, log },
    ...{ minDelay: MEASURE_INTERVAL, maxDelay: MEASURE_INTERVAL },
  });
  const projecting = projectors.map((projector, index) =>
    startPollingLoop({
      ...{ name: `projection-${projections[index]!.contract.name}`, log },
      // Events of another server are not in their place before.
      poll: () => (problem() === undefined ? projector.round() : Promise.resolve(0)),
      ...{ minDelay: 20, maxDelay: 500 },
    }),
  );
  return {
    loops: [measuring, ...projecting],
    wake: () => projecting.forEach((loop) => loop.wake()),
    parts: (other) => ({
      problem: () =>
        other?.problem() ??
        problem() ??
        projectors.map((projector) => projector.problem).find((each) => each !== undefined),
    }),
  };
}
