import { type CommandReply, defineCommand, type EventData } from '@cdk8s-event-platform/contracts';
import { PROBE, ROUTE, ROUTE_KEY, ROUTE_URL } from './properties.ts';

/** Asks whether something answers where a route leads. Somebody waits for the urgent ones. */
export const ProbeRoute = defineCommand({
  type: 'com.traffic.route.probe',
  version: '1.0.0',
  topic: 'route-probes',
  key: ROUTE_KEY,
  description: 'Asks whether something answers where a route leads.',
  schema: {
    type: 'object',
    required: [...ROUTE_KEY, 'url'],
    properties: { ...ROUTE, url: ROUTE_URL },
  },
  reply: {
    description: 'Whether something answers where a route leads.',
    schema: {
      type: 'object',
      required: ['healthy'],
      properties: {
        ...PROBE,
        // Why it is not healthy.
        reason: { type: 'string', maxLength: 200 },
      },
    },
  },
  priorities: ['urgent'],
});

/** The `data` of a {@link ProbeRoute} command. */
export type ProbeRouteData = EventData<typeof ProbeRoute>;
/** What answers a {@link ProbeRoute} command. */
export type Probe = CommandReply<typeof ProbeRoute>;
