/**
 * With `concurrency: parallel`, Dapr acknowledges an event of JetStream when it begins to deliver it: its
 * client does so when the component's function returns, which starts a goroutine only. What a pod has in
 * hand when it is killed would be lost.
 *
 * Worked around in `constructs/broker/nats/nats-jet-stream.ts` (`concurrency`).
 *
 * @see https://github.com/dapr/components-contrib/blob/v1.18.4/pubsub/jetstream/jetstream.go
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { streamName } from '../../constructs/broker/nats/nats-names.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import { withSetting } from './changes.ts';
import type { Arm, Experiment } from './experiment.ts';
import type { Lab, LabSidecarOptions } from './lab.ts';
import { inHand } from './outage.ts';

const run = promisify(execFile);
const PARALLEL = 'nats-parallel';
const SINGLE = 'nats-single';
const EVENTS = 20;

/** Events that the server has handed out, and that were not acknowledged. */
async function unacknowledged(lab: Lab, appId: string): Promise<number> {
  const subject = `$JS.API.CONSUMER.INFO.${streamName(`${appId}-0`)}.${appId}`;
  const { stdout } = await run(
    join(ensureTools(['nats']).nats, 'nats'),
    ['request', '--raw', subject, ''],
    { env: { NATS_URL: `nats://${lab.address}` } },
  );
  return (JSON.parse(stdout) as { num_ack_pending: number }).num_ack_pending;
}

/** Whether events in the app's hands are acknowledged. */
async function held(lab: Lab, appId: string, options: LabSidecarOptions = {}): Promise<Arm> {
  const { app } = await lab.pod(appId, options);
  const release = app.hold();
  await lab.publish(`${appId}-0`, EVENTS);
  await inHand(app);
  await sleep(1_000);
  const inHands = app.inHand;
  const acknowledged = inHands - Math.min(inHands, await unacknowledged(lab, appId));
  release();
  return {
    shows: acknowledged > 0,
    summary: `${acknowledged} of ${inHands} events acknowledged while the app had them`,
  };
}

export const earlyAck: Experiment = {
  broker: 'nats',
  apps: [{ appId: PARALLEL }, { appId: SINGLE }],
  run: async (lab) => ({
    without: await held(lab, PARALLEL, {
      change: (object) => withSetting(object, 'concurrency', 'parallel'),
    }),
    with: await held(lab, SINGLE),
  }),
};
