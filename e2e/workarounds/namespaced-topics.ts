/**
 * `{namespace}` in any setting of a component has Dapr put the namespace before the names of topics, and
 * what is provisioned, scaled by and watched is another topic.
 *
 * Refused in `constructs/dapr/binding-problems.ts`.
 *
 * @see https://github.com/dapr/dapr/blob/v1.18.3/pkg/runtime/processor/pubsub/pubsub.go
 */
import { withSetting } from './changes.ts';
import type { Arm, Experiment } from './experiment.ts';
import type { Lab, LabSidecarOptions } from './lab.ts';
import { eventually } from './outage.ts';
import { lostOf } from './rounds.ts';

const PREFIXED = 'namespaced';
const PLAIN = 'not-namespaced';
const EVENTS = 5;

/** Whether an app receives what is published to the topic that it subscribes to. */
async function received(lab: Lab, appId: string, options: LabSidecarOptions = {}): Promise<Arm> {
  const { app } = await lab.pod(appId, options);
  const ids = await lab.publish(`${appId}-0`, EVENTS);
  await eventually(() => app.missing(ids).length === 0, 5);
  return { shows: app.missing(ids).length > 0, summary: lostOf(app, ids) };
}

export const namespacedTopics: Experiment = {
  broker: 'redis',
  apps: [{ appId: PREFIXED }, { appId: PLAIN }],
  run: async (lab) => ({
    without: await received(lab, PREFIXED, {
      change: (object) => withSetting(object, 'consumerID', '{namespace}-{appID}'),
    }),
    with: await received(lab, PLAIN),
  }),
};
