/**
 * Dapr's component for JetStream leaves its client at 60 tries to connect again, two seconds apart. After
 * about two minutes without any server, it gives up for good, and only a restart of the sidecar helps.
 *
 * Not worked around: `docs/brokers.md` describes it.
 *
 * @see https://github.com/dapr/components-contrib/issues/4563
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Experiment } from './experiment.ts';
import { eventually, restartSidecar } from './outage.ts';
import { lostOf } from './rounds.ts';

const CONSUMER = 'left-alone';
const TOPIC = `${CONSUMER}-0`;
/** 60 tries of two seconds, and some for those that take longer. */
const OUTAGE_SECONDS = 150;
const EVENTS = 10;

export const givesUp: Experiment = {
  broker: 'nats',
  apps: [{ appId: CONSUMER }],
  run: async (lab) => {
    const pod = await lab.pod(CONSUMER);
    const { app } = pod;
    const before = await lab.publish(TOPIC, EVENTS);
    if (!(await eventually(() => app.missing(before).length === 0, 10))) {
      throw new Error('nothing is delivered before the outage');
    }
    const [server] = lab.broker.servers;
    await server.stop('SIGKILL');
    await sleep(OUTAGE_SECONDS * 1000);
    await server.start();
    await lab.restartProducer();
    const after = await lab.publish(TOPIC, EVENTS);
    const received = await eventually(() => app.missing(after).length === 0, 15);
    const without = { shows: !received, summary: lostOf(app, after) };
    await restartSidecar(pod);
    const again = await eventually(() => app.missing(after).length === 0, 30);
    return { without, with: { shows: !again, summary: `${lostOf(app, after)} after a restart` } };
  },
};
