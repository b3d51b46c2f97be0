/**
 * Where a component cannot deliver in bulk, Dapr gathers its deliveries in memory. When the app turns unready,
 * each that is waiting keeps one of the workers of Redis' component for ever: after one outage under load
 * none is left, and nothing more is delivered.
 *
 * Worked around in `constructs/broker/redis-streams/redis-streams.ts` (`deliversInBulk`).
 *
 * @see https://github.com/dapr/dapr/blob/v1.18.3/pkg/runtime/pubsub/default_bulksub.go
 */
import { inBulk } from './changes.ts';
import type { Experiment } from './experiment.ts';
import type { Lab, LabPod } from './lab.ts';
import { inHand, outage } from './outage.ts';
import { untilLost } from './rounds.ts';

const BULK = 'redis-bulk';
const SINGLE = 'redis-single';
/** More than the component has workers. */
const BACKLOG = 300;
const LATER = 50;

/** The events of after an outage. */
async function afterOutage(lab: Lab, { app }: LabPod, appId: string): Promise<string[]> {
  const release = app.hold();
  await lab.publish(`${appId}-0`, BACKLOG);
  await inHand(app);
  await outage(app, release);
  return lab.publish(`${appId}-0`, LATER);
}

export const bulkRedis: Experiment = {
  broker: 'redis',
  apps: [{ appId: BULK }, { appId: SINGLE }],
  run: async (lab) => {
    const bulk = await lab.pod(BULK, { change: inBulk });
    const single = await lab.pod(SINGLE);
    return untilLost({
      without: [bulk, BULK],
      with: [single, SINGLE],
      rounds: 1,
      patience: 8,
      round: (pod, appId) => afterOutage(lab, pod, appId),
    });
  },
};
