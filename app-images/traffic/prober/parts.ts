import { eventSender, handles, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { ProbeRoute, RouteProbed } from '../events/index.ts';
import { routeNameOf } from '../events/properties.ts';
import { probe } from './probe.ts';

/** Everyone else learns of probes by events, which nobody waits for. */
const probes = eventSender(RouteProbed, { mode: 'fire-and-forget' });

/** Probes routes: who has asked is answered, and everyone else learns of it by an event. */
export const parts: ServiceParts = {
  on: [
    handles(ProbeRoute, async (_tx, command) => {
      const { data } = command;
      const { reason, ...result } = await probe(data.url);
      const probed = { ...routeNameOf(data), ...result, probed_at: new Date().toISOString() };
      void probes.send(probed, { cause: command });
      return { ...result, ...(reason !== undefined && { reason }) };
    }),
  ],
};
