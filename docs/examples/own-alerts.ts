import { Duration } from 'cdk8s';
import {
  AlertRules,
  AlertSeverity,
  type EventPlatform,
  RUNTIME_METRICS,
} from 'cdk8s-event-platform';

/** Alerts of a team's own, beside those that come with its producers and consumers. */
export function watchOrders(platform: EventPlatform): AlertRules {
  return new AlertRules(platform, 'orders', {
    name: 'orders',
    alerts: [
      {
        name: 'OrdersRare',
        query: `sum(rate(${RUNTIME_METRICS.eventsPublished}{type="com.example.order.placed"}[15m])) < 0.01`,
        for: Duration.minutes(30),
        severity: AlertSeverity.WARNING,
        summary: '{{ $value | humanize }} orders a second are placed',
        description: 'Customers may not get through to the shop: try to place an order.',
      },
    ],
  });
}
