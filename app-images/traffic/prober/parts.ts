import {
  type CloudEvent,
  eventSender,
  handles,
  type ServiceParts,
} from '@cdk8s-event-platform/runtime';
import { ProbeRoute, RouteProbed } from '../events/index.ts';
import { routeNameOf } from '../events/properties.ts';
import { probe } from './probe.ts';

/** Everyone else learns of probes by events, which nobody waits for. */
const probes = eventSender(RouteProbed, { mode: 'fire-and-forget' });

/** Age of a command that nobody waits for after which the next one has been sent, in milliseconds. */
const OUTDATED_AFTER = 120_000;

/** Whether a command has been overtaken by later ones: after an outage, targets are not probed once for each minute of it. */
function isOutdated({ replyto, time }: CloudEvent): boolean {
  return replyto === undefined && Date.now() - Date.parse(time) > OUTDATED_AFTER;
}

/** Probes routes: who has asked is answered, and everyone else learns of it by an event. */
export const parts: ServiceParts = {
  on: [
    handles(ProbeRoute, async (_tx, command) => {
      const { data } = command;
      if (isOutdated(command)) {
        return { healthy: false, reason: 'asked too long ago' };
      }
      const { reason, ...result } = await probe(data.url);
      const probed = { ...routeNameOf(data), ...result, probed_at: new Date().toISOString() };
      void probes.send(probed, { cause: command });
      return { ...result, ...(reason !== undefined && { reason }) };
    }),
  ],
};
