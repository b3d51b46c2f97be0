/**
 * An event of a bulk that matches no route goes to the dead letters, and also to the root of the app, as a
 * delivery of its own.
 *
 * Worked around in `constructs/dapr/dapr-subscription.ts` by a default route.
 *
 * @see https://github.com/dapr/dapr/blob/v1.18.3/pkg/runtime/subscription/bulksubscription.go
 */
import type { Arm, Experiment } from './experiment.ts';
import type { Lab, LabSidecarOptions, RenderedObject } from './lab.ts';
import { eventually, inHand } from './outage.ts';

const UNROUTED = 'unrouted';
const ROUTED = 'routed';
const EVENTS = 5;

/** Leaves only a rule that no event matches, and the default route or not. */
function route(object: RenderedObject, fallback: boolean): RenderedObject {
  const rules = [{ match: 'event.type == "com.example.other"', path: '/other' }];
  return object.kind === 'Subscription'
    ? {
        ...object,
        spec: { ...object.spec, routes: { rules, ...(fallback && { default: '/undeclared' }) } },
      }
    : object;
}

async function roots(lab: Lab, appId: string, options: LabSidecarOptions): Promise<Arm> {
  const { app } = await lab.pod(appId, options);
  const release = app.hold();
  await lab.publish(`${appId}-0`, EVENTS);
  await inHand(app);
  release();
  const pathsOfEvents = () => app.deliveries.flatMap(({ path, ids }) => ids.map(() => path));
  await eventually(() => pathsOfEvents().length >= EVENTS, 10);
  const paths = pathsOfEvents();
  const atRoot = paths.filter((path) => path === '/').length;
  return {
    shows: atRoot > 0,
    summary: `${atRoot} of ${paths.length} events at the root of the app`,
  };
}

export const unrouted: Experiment = {
  broker: 'kafka',
  apps: [
    { appId: UNROUTED, bulk: true },
    { appId: ROUTED, bulk: true },
  ],
  run: async (lab) => ({
    without: await roots(lab, UNROUTED, { change: (object) => route(object, false) }),
    with: await roots(lab, ROUTED, { change: (object) => route(object, true) }),
  }),
};
