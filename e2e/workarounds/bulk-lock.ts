/**
 * Dapr's component for Kafka delivers in bulk under one lock for all partitions of a sidecar: while an app
 * processes a bulk of one, it gets none of the others. One by one, each partition has a delivery.
 *
 * Not worked around: `docs/guarantees.md` describes it.
 *
 * @see https://github.com/dapr/components-contrib/blob/v1.18.4/common/component/kafka/consumer.go
 */
import type { Arm, Experiment } from './experiment.ts';
import type { Lab } from './lab.ts';
import { eventually, inHand } from './outage.ts';

const BULK = 'bulk-partitions';
const SINGLE = 'single-partitions';
/** Of the topic. */
const PARTITIONS = 3;
/** Enough for each partition to have some. */
const EVENTS = 100;

/** How many deliveries an app that answers none has in hand. */
async function deliveries(lab: Lab, appId: string): Promise<Arm> {
  const { app } = await lab.pod(appId);
  const release = app.hold();
  await lab.publish(`${appId}-0`, EVENTS);
  await inHand(app);
  const all = await eventually(() => app.inHand >= PARTITIONS, 4);
  const summary = `${app.inHand} of ${PARTITIONS} partitions deliver at once`;
  release();
  return { shows: !all, summary };
}

export const bulkLock: Experiment = {
  broker: 'kafka',
  apps: [{ appId: BULK, bulk: true }, { appId: SINGLE }],
  run: async (lab) => ({
    without: await deliveries(lab, BULK),
    with: await deliveries(lab, SINGLE),
  }),
};
