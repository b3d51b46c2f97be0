import { defineEvent, type EventData } from '@cdk8s-event-platform/contracts';
import { ROUTE, ROUTE_KEY, ROUTE_URL, TIME } from './properties.ts';

/** What happens to routes. */
export const ROUTE_ACTIONS = ['created', 'activated', 'deactivated'] as const;

/** A route was created, activated or deactivated. What happens to a route keeps its order. */
export const RouteChanged = defineEvent({
  type: 'com.traffic.route.changed',
  version: '1.0.0',
  topic: 'route-events',
  key: ROUTE_KEY,
  ordered: true,
  description: 'A route was created, activated or deactivated.',
  schema: {
    type: 'object',
    required: ['action', ...ROUTE_KEY, 'url', 'occurred_at', 'metadata'],
    properties: {
      action: { enum: ROUTE_ACTIONS },
      ...ROUTE,
      url: ROUTE_URL,
      occurred_at: TIME,
      metadata: {
        type: 'object',
        required: ['user_id', 'request_id'],
        properties: {
          // Who has asked for it.
          user_id: { type: 'string', minLength: 1, maxLength: 64 },
          request_id: { type: 'string', minLength: 1, maxLength: 200 },
        },
      },
    },
  },
});

/** The `data` of a {@link RouteChanged} event. */
export type RouteChangedData = EventData<typeof RouteChanged>;
