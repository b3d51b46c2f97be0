import { handles, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { ProbeRoute, RouteProbed } from '../events/index.ts';
import { routeNameOf } from '../events/properties.ts';
import { probe } from './probe.ts';

/** Probes routes: who has asked is answered, and everyone else learns of it by an event. */
export const parts: ServiceParts = {
  on: [
    handles(ProbeRoute, async (tx, { data }) => {
      const { reason, ...result } = await probe(data.url);
      const probed = { ...routeNameOf(data), ...result, probed_at: new Date().toISOString() };
      await tx.publish(RouteProbed, probed);
      return { ...result, ...(reason !== undefined && { reason }) };
    }),
  ],
};
