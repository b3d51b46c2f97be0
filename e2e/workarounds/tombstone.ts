/**
 * A message of Kafka without a value, such as the tombstone of a compacted topic, that has trace headers: a
 * sidecar that delivers one by one ends at it with a panic, and comes to it again when it has been started again.
 *
 * Worked around in `constructs/apps/bulk-delivery.ts` and `constructs/apps/dead-letter-processor.ts` by
 * delivery in bulk.
 *
 * @see https://github.com/dapr/dapr/blob/v1.18.3/pkg/runtime/subscription/subscription.go
 */
import { Kafka, logLevel } from 'kafkajs';
import type { Arm, Experiment } from './experiment.ts';
import type { Lab } from './lab.ts';
import { eventually } from './outage.ts';

const SINGLE = 'tombstone-single';
const BULK = 'tombstone-bulk';
const EVENTS = 3;
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

async function publishTombstone(lab: Lab, topic: string): Promise<void> {
  const kafka = new Kafka({ brokers: [lab.address], logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  const headers = { traceparent: TRACEPARENT };
  await producer.send({ topic, messages: [{ key: 'x', value: null, headers }] });
  await producer.disconnect();
}

async function delivered(lab: Lab, appId: string): Promise<Arm> {
  const { app, sidecar } = await lab.pod(appId);
  await publishTombstone(lab, `${appId}-0`);
  await lab.publish(`${appId}-0`, EVENTS);
  const count = () => app.deliveries.reduce((sum, { ids }) => sum + ids.length, 0);
  await eventually(() => count() >= EVENTS, 10);
  const panicked = sidecar.logEnd(500).includes('panic: assignment to entry in nil map');
  return {
    shows: panicked && count() < EVENTS,
    summary: `${count()} of ${EVENTS} events behind it delivered${panicked ? ', sidecar panics' : ''}`,
  };
}

export const tombstone: Experiment = {
  broker: 'kafka',
  apps: [{ appId: SINGLE }, { appId: BULK, bulk: true }],
  run: async (lab) => ({
    without: await delivered(lab, SINGLE),
    with: await delivered(lab, BULK),
  }),
};
