/**
 * Where a component cannot deliver in bulk, Dapr gathers its deliveries in memory. When the app turns unready,
 * those that have not been gathered are forgotten: they are neither acknowledged nor returned, and RabbitMQ
 * keeps them for the connection.
 *
 * Worked around in `constructs/broker/rabbitmq/rabbitmq-cluster.ts` (`deliversInBulk`).
 *
 * @see https://github.com/dapr/dapr/blob/v1.18.3/pkg/runtime/pubsub/default_bulksub.go
 */
import { inBulk } from './changes.ts';
import type { Experiment } from './experiment.ts';
import { type Lab, type LabPod, topicsOf } from './lab.ts';
import { inHand, outage } from './outage.ts';
import { untilLost } from './rounds.ts';

const BULK = { appId: 'rabbitmq-bulk', topics: 3 };
const SINGLE = { appId: 'rabbitmq-single', topics: 3 };
const ROUNDS = 3;
/** Of each topic, within what a sidecar has in hand at once: nothing comes while it leaves. */
const FIRST = 5;
const LATER = 20;

async function round(lab: Lab, { app }: LabPod, declared: typeof BULK): Promise<string[]> {
  const release = app.hold();
  const ids: string[] = [];
  for (const count of [FIRST, LATER]) {
    for (const topic of topicsOf(declared)) {
      ids.push(...(await lab.publish(topic, count)));
    }
    await inHand(app, BULK.topics);
  }
  await outage(app, release);
  return ids;
}

export const bulkRabbitMq: Experiment = {
  broker: 'rabbitmq',
  apps: [BULK, SINGLE],
  run: async (lab) => {
    const bulk = await lab.pod(BULK.appId, { change: inBulk });
    const single = await lab.pod(SINGLE.appId);
    return untilLost({
      without: [bulk, BULK],
      with: [single, SINGLE],
      rounds: ROUNDS,
      patience: 5,
      round: (pod, declared) => round(lab, pod, declared),
    });
  },
};
