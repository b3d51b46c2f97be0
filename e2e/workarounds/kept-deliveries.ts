/**
 * Deliveries that RabbitMQ makes to a consumer while Dapr cancels it are not read, and stay
 * unacknowledged as long as the connection lasts: Dapr (from 1.17.7 on) does not wait for the cancellation,
 * and keeps the channel. The way to the broker is long here, and events come while the sidecar leaves.
 *
 * Worked around in `app-images/runtime/process/resubscribe-guard.ts`, and by `consumer_timeout` in
 * `constructs/broker/rabbitmq/server-config.ts`.
 *
 * @see https://github.com/dapr/components-contrib/issues/4540
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CuttableLine } from './cuttable-line.ts';
import type { Experiment } from './experiment.ts';
import type { Lab, LabPod } from './lab.ts';
import { guard, inHand, outage } from './outage.ts';
import { untilLost } from './rounds.ts';

const UNGUARDED = 'keeps-deliveries';
const GUARDED = 'restarts-sidecar';
const ROUNDS = 4;
/** Milliseconds to the broker. */
const DELAY = 30;
/** A sidecar leaves 400 ms after the last delivery has ended: events come from before to after it. */
const TRICKLE = { after: 200, every: 10, events: 45 } as const;

async function round(lab: Lab, { app }: LabPod, appId: string): Promise<string[]> {
  const topic = `${appId}-0`;
  const release = app.hold();
  const ids = await lab.publish(topic, 1);
  await inHand(app);
  await outage(app, release);
  await sleep(TRICKLE.after);
  const published: Promise<string[]>[] = [];
  for (let event = 0; event < TRICKLE.events; event++) {
    published.push(lab.publish(topic, 1));
    await sleep(TRICKLE.every);
  }
  ids.push(...(await Promise.all(published)).flat());
  return ids;
}

export const keptDeliveries: Experiment = {
  broker: 'rabbitmq',
  apps: [{ appId: UNGUARDED }, { appId: GUARDED }],
  run: async (lab) => {
    const line = await CuttableLine.to(lab.address, DELAY);
    const addresses = { [lab.address]: line.address };
    const unguarded = await lab.pod(UNGUARDED, { addresses });
    const guarded = await lab.pod(GUARDED, { addresses });
    guard(guarded, true);
    try {
      return await untilLost({
        without: [unguarded, UNGUARDED],
        with: [guarded, GUARDED],
        rounds: ROUNDS,
        patience: 10,
        round: (pod, appId) => round(lab, pod, appId),
      });
    } finally {
      line.close();
    }
  },
};
