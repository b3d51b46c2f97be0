import { timeSeries, Dashboard, type EventPlatform } from 'cdk8s-event-platform';

/** A dashboard of a team's own, beside those that come with the platform. */
export function drawOrders(platform: EventPlatform): Dashboard {
  return new Dashboard(platform, 'orders', {
    name: 'orders',
    title: 'Orders',
    description: 'Do orders get through?',
    variables: [{ name: 'consumer', label: 'Consumer', values: ['order-processor'] }],
    rows: [
      {
        title: 'Orders',
        panels: [
          timeSeries({
            title: 'Orders a second',
            description: 'Processed, by consumer.',
            queries: [
              {
                query:
                  'sum by (job) (rate(events_consumed_total{job=~"event-driven/$consumer",result="processed"}[$__rate_interval]))',
                legend: '{{job}}',
              },
            ],
            unit: 'eps',
          }),
        ],
      },
    ],
  });
}
