/**
 * An app that is ready again while deliveries are under way may receive nothing more from Kafka: Dapr
 * unsubscribes and subscribes at the same moment, and the component may do it in the wrong order. It takes
 * deliveries one by one, as the dead-letter processor's are; in bulk, Dapr does not wait for them.
 *
 * Worked around in `app-images/runtime/process/resubscribe-guard.ts`.
 *
 * @see https://github.com/dapr/components-contrib/issues/4349
 */
import type { Experiment } from './experiment.ts';
import { type Lab, type LabPod, topicsOf } from './lab.ts';
import { guard, inHand, outage } from './outage.ts';
import { untilLost } from './rounds.ts';

const UNGUARDED = { appId: 'unguarded', topics: 2 };
const GUARDED = { appId: 'guarded', topics: 2 };
/** Outages until the fault must have shown. */
const ROUNDS = 5;
const EVENTS = 6;

async function publish(lab: Lab, app: typeof UNGUARDED): Promise<string[]> {
  const ids: string[] = [];
  for (const topic of topicsOf(app)) {
    ids.push(...(await lab.publish(topic, EVENTS)));
  }
  return ids;
}

/** One outage: the events of before, and of after. */
async function round(lab: Lab, { app }: LabPod, declared: typeof UNGUARDED): Promise<string[]> {
  const release = app.hold();
  const before = await publish(lab, declared);
  await inHand(app);
  await outage(app, release);
  const ids = [...before, ...(await publish(lab, declared))];
  return ids;
}

export const resubscribe: Experiment = {
  broker: 'kafka',
  apps: [UNGUARDED, GUARDED],
  run: async (lab) => {
    // With one processor, as a limit of one CPU gives it, the wrong order is the usual one.
    const env = { GOMAXPROCS: '1' };
    const unguarded = await lab.pod(UNGUARDED.appId, { env });
    const guarded = await lab.pod(GUARDED.appId, { env });
    guard(guarded);
    return untilLost({
      without: [unguarded, UNGUARDED],
      with: [guarded, GUARDED],
      rounds: ROUNDS,
      patience: 12,
      round: (pod, declared) => round(lab, pod, declared),
    });
  },
};
