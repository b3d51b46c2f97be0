import { defineEvent, type EventData } from '@cdk8s-event-platform/contracts';
import { PROBE, ROUTE, ROUTE_KEY, TIME } from './properties.ts';

/** A probe of a route has ended: a technical event, of which the newest counts. */
export const RouteProbed = defineEvent({
  type: 'com.traffic.route.probed',
  version: '1.0.0',
  topic: 'route-health',
  key: ROUTE_KEY,
  // The next probe says it again.
  delivery: 'at-most-once',
  description: 'A probe of a route has ended.',
  schema: {
    type: 'object',
    required: [...ROUTE_KEY, 'healthy', 'latency_ms', 'probed_at'],
    properties: { ...ROUTE, ...PROBE, probed_at: TIME },
  },
});

/** The `data` of a {@link RouteProbed} event. */
export type RouteProbedData = EventData<typeof RouteProbed>;
