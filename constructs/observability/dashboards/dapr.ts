import { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { DashboardName } from '../dashboard-link.ts';
import { MAX_OUTBOX_AGE } from '../producer-alerts.ts';
import type { DashboardProps, DashboardRow } from './dashboard.ts';
import { timeSeries, number } from './panels.ts';
import type { PlatformParts } from './platform-parts.ts';

const PUBSUB = 'dapr_component_pubsub';

/** What sidecars publish and deliver, how long it takes, what they try again, and whether they are well. */
export function dapr(parts: PlatformParts): DashboardProps {
  const { apps } = parts;
  const queries = queriesOf(parts);
  return {
    name: DashboardName.DAPR,
    title: 'Dapr',
    description:
      'Do events get from apps to the broker and back? What fails, what is slow, what is tried again?',
    variables: [{ name: 'app', label: 'App', values: apps }],
    rows: [publishing(queries), delivering(queries), requests(queries), health(queries)],
  };
}

/** What panels select, of the apps that are chosen. */
function queriesOf({ namespace }: PlatformParts) {
  const job = `job=~"${namespace}/$app"`;
  const rate = (metric: string) => `rate(${metric}{${job}}[$__rate_interval])`;
  const slowest = (metric: string, labels: string) =>
    `histogram_quantile(0.95, sum by (${labels}, le) (${rate(`${metric}_bucket`)}))`;
  return { job, rate, slowest };
}

type DaprQueries = ReturnType<typeof queriesOf>;

function publishing({ job, rate, slowest }: DaprQueries): DashboardRow {
  return {
    title: 'Publishing',
    panels: [
      timeSeries({
        title: 'Requests to publish a second',
        description:
          'By app, topic and whether the broker took them. One of several events counts as one. PublishErrors tells of those that fail.',
        queries: [
          {
            query: `sum by (app_id, topic, success) (${rate(`${PUBSUB}_egress_count`)})`,
            legend: '{{app_id}} · {{topic}} · success {{success}}',
          },
          {
            query: `sum by (app_id, topic, success) (${rate(`${PUBSUB}_egress_bulk_count`)})`,
            legend: '{{app_id}} · {{topic}} · several at once · success {{success}}',
          },
        ],
        unit: 'reqps',
      }),
      timeSeries({
        title: 'Time to publish (95th percentile)',
        description: 'Until the broker has confirmed.',
        queries: [
          { query: slowest(`${PUBSUB}_egress_latencies`, 'app_id'), legend: '{{app_id}}' },
          {
            query: slowest(`${PUBSUB}_egress_bulk_latencies`, 'app_id'),
            legend: '{{app_id}} several at once',
          },
        ],
        unit: 'ms',
      }),
      timeSeries({
        title: 'Age of the oldest event in an outbox',
        description: `Accepted, and not at the broker yet. OutboxStuck tells above ${MAX_OUTBOX_AGE} s.`,
        queries: [
          {
            query: `max by (job) (${RUNTIME_METRICS.outboxAge}{${job}})`,
            legend: '{{job}}',
          },
        ],
        unit: 's',
        limits: { critical: MAX_OUTBOX_AGE },
      }),
      timeSeries({
        title: 'Events confirmed a second',
        description: 'What producers know to be at the broker, by type.',
        queries: [
          {
            query: `sum by (job, type) (${rate(RUNTIME_METRICS.eventsPublished)})`,
            legend: '{{job}} · {{type}}',
          },
        ],
        unit: 'eps',
      }),
    ],
  };
}

function delivering({ rate, slowest }: DaprQueries): DashboardRow {
  return {
    title: 'Delivering',
    panels: [
      timeSeries({
        title: 'Deliveries a second, by result',
        description:
          'One delivery may carry several events. Dapr counts each answer of an app: anything but success is redelivered.',
        queries: [
          {
            query: `sum by (app_id, topic, process_status) (${rate(`${PUBSUB}_ingress_count`)})`,
            legend: '{{app_id}} · {{topic}} · {{process_status}}',
          },
          {
            query: `sum by (app_id, topic, process_status) (${rate(`${PUBSUB}_ingress_bulk_event_count`)})`,
            legend: '{{app_id}} · {{topic}} · several at once · {{process_status}}',
          },
        ],
        unit: 'reqps',
      }),
      timeSeries({
        title: 'Time of a delivery (95th percentile)',
        description: 'From the sidecar to the answer of the app.',
        queries: [
          {
            query: slowest(`${PUBSUB}_ingress_latencies`, 'app_id, topic'),
            legend: '{{app_id}} · {{topic}}',
          },
          {
            query: slowest(`${PUBSUB}_ingress_bulk_latencies`, 'app_id, topic'),
            legend: '{{app_id}} · {{topic}} · several at once',
          },
        ],
        unit: 'ms',
      }),
    ],
  };
}

function requests({ rate }: DaprQueries): DashboardRow {
  return {
    title: 'Requests over HTTP',
    panels: [
      timeSeries({
        title: 'Of apps to their sidecars a second, by answer',
        description:
          'By the beginning of the path; the rest, such as health checks, has none. 5xx to a request to publish: the broker did not take it.',
        queries: [
          {
            query: `sum by (app_id, path, status) (${rate('dapr_http_server_request_count')})`,
            legend: '{{app_id}} · {{path}} · {{status}}',
          },
        ],
        unit: 'reqps',
      }),
      timeSeries({
        title: 'Of sidecars to their apps a second, by answer',
        description: 'Deliveries of events and of dead letters, by route.',
        queries: [
          {
            query: `sum by (app_id, path, status) (${rate('dapr_http_client_completed_count')})`,
            legend: '{{app_id}} · {{path}} · {{status}}',
          },
        ],
        unit: 'reqps',
      }),
    ],
  };
}

function health({ job, rate }: DaprQueries): DashboardRow {
  return {
    title: 'Health',
    panels: [
      number({
        title: 'Sidecars that answer',
        description: 'Pods of the chosen apps whose sidecar has loaded its components.',
        queries: [{ query: `count(dapr_runtime_component_loaded{${job}})`, legend: 'sidecars' }],
        unit: 'short',
        width: 12,
      }),
      number({
        title: 'Components that did not load',
        description:
          'Since the sidecars started. A sidecar without its broker ends; look at its log.',
        queries: [
          {
            query: `sum(dapr_runtime_component_init_fail_total{${job}}) or vector(0)`,
            legend: 'failed',
          },
        ],
        unit: 'short',
        width: 12,
        limits: { critical: 1 },
      }),
      timeSeries({
        title: 'Tries again, timeouts and open circuits a second',
        description:
          'How often a policy of a Resiliency object stepped in. Not the number of calls that it watches.',
        queries: [
          {
            query: `sum by (app_id, policy, flow_direction) (${rate('dapr_resiliency_activations_total')})`,
            legend: '{{app_id}} · {{policy}} · {{flow_direction}}',
          },
        ],
        unit: 'ops',
      }),
      timeSeries({
        title: 'Health probes of apps a second, by answer',
        description:
          'An app that does not answer 200 gets nothing delivered until it does: it cannot reach its database, or is going.',
        queries: [
          {
            query: `sum by (app_id, status) (${rate('dapr_http_healthprobes_completed_count')})`,
            legend: '{{app_id}} · {{status}}',
          },
        ],
        unit: 'reqps',
      }),
    ],
  };
}
