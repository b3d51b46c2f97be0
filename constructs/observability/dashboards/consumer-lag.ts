import { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { DashboardName } from '../dashboard-link.ts';
import { ofNamespace } from '../scaler-alerts.ts';
import type { DashboardProps, DashboardRow } from './dashboard.ts';
import { RECORDED_METRICS } from './recording-rules.ts';
import { timeSeries, number } from './panels.ts';
import { ofWorkload, type PlatformParts } from './platform-parts.ts';

/** What waits for consumers, how long working it off takes, and who works on it. */
export function consumerLag(parts: PlatformParts): DashboardProps {
  const { consumers } = parts;
  const queries = queriesOf(parts);
  return {
    name: DashboardName.CONSUMER_LAG,
    title: 'Consumer lag',
    description: 'Do consumers keep up? If not: are there pods, do they get on, can there be more?',
    variables: [
      { name: 'consumer', label: 'Consumer', values: consumers.map(({ appId }) => appId) },
      {
        name: 'topic',
        label: 'Topic',
        values: [
          ...new Set(consumers.flatMap(({ topics }) => topics.map(({ name }) => name))),
        ].sort(),
      },
    ],
    rows: [waiting(queries), working(queries), keda(queries)],
  };
}

/** What panels select, of the consumers that are chosen, and where alerts begin. */
function queriesOf({ namespace, consumers }: PlatformParts) {
  const chosen = `namespace="${namespace}",consumer=~"$consumer",topic=~"$topic"`;
  const job = `job=~"${namespace}/$consumer"`;
  const autoscaler = `namespace="${namespace}",horizontalpodautoscaler=~"keda-hpa-$consumer"`;
  const ofKeda = (select: (labels: string) => string) =>
    ofNamespace(namespace, (label) => select(`${label},scaledObject=~"$consumer"`));
  const finished = (range: string) =>
    `sum by (consumer) (${ofWorkload(`rate(${RUNTIME_METRICS.eventsConsumed}{${job},result!="failed"}[${range}])`)})`;
  const maxLag = Math.min(...consumers.map(({ thresholds }) => thresholds.maxLag));
  const maxDrain = Math.min(
    ...consumers.map(({ thresholds }) => thresholds.maxDrainTime.toMilliseconds() / 1000),
  );
  return { chosen, job, autoscaler, ofKeda, finished, maxLag, maxDrain };
}

type LagQueries = ReturnType<typeof queriesOf>;

function waiting({ chosen, job, finished, maxLag, maxDrain }: LagQueries): DashboardRow {
  return {
    title: 'What waits',
    panels: [
      number({
        title: 'Events that wait',
        description: 'Of all that is chosen, now.',
        queries: [{ query: `sum(${RECORDED_METRICS.waiting}{${chosen}})`, legend: 'waiting' }],
        unit: 'short',
        limits: { warning: maxLag },
      }),
      number({
        title: 'Longest time to drain',
        description: 'Of the slowest consumer, at the speed of the last ten minutes.',
        queries: [
          {
            query: `max(sum by (consumer) (${RECORDED_METRICS.waiting}{${chosen}}) / (${finished('10m')} > 0))`,
            legend: 'time',
          },
        ],
        unit: 's',
        limits: { warning: maxDrain },
      }),
      number({
        title: 'Pods that answer',
        description: 'Pods of the chosen consumers that Prometheus reaches.',
        queries: [{ query: `count(count by (pod) (up{${job}} == 1))`, legend: 'pods' }],
        unit: 'short',
      }),
      number({
        title: 'Events finished a second',
        description: 'Processed, known already, or put aside.',
        queries: [{ query: `sum(${finished('$__rate_interval')})`, legend: 'finished' }],
        unit: 'eps',
      }),
      timeSeries({
        title: 'Events that wait, by consumer and topic',
        description: `Not acknowledged yet. ConsumerLagHigh tells when more than the dashed line wait for long.`,
        queries: [
          {
            query: `${RECORDED_METRICS.waiting}{${chosen}}`,
            legend: '{{consumer}} · {{topic}}',
          },
        ],
        unit: 'short',
        limits: { warning: maxLag },
      }),
      timeSeries({
        title: 'Time to drain',
        description:
          'What waits, divided by the speed of the last ten minutes. ConsumerDrainSlow tells when it stays above the dashed line. No curve: nothing was finished.',
        queries: [
          {
            query: `sum by (consumer) (${RECORDED_METRICS.waiting}{${chosen}}) / (${finished('10m')} > 0)`,
            legend: '{{consumer}}',
          },
        ],
        unit: 's',
        limits: { warning: maxDrain },
      }),
    ],
  };
}

function working({ autoscaler, finished }: LagQueries): DashboardRow {
  return {
    title: 'Who works on it',
    panels: [
      timeSeries({
        title: 'Events finished a second',
        description: 'A consumer that has work and finishes nothing is stuck.',
        queries: [{ query: finished('$__rate_interval'), legend: '{{consumer}}' }],
        unit: 'eps',
      }),
      timeSeries({
        title: 'Pods, and the most there can be',
        description:
          'ScalerAtMaximum tells when a scaler has had all of its pods for a quarter of an hour: more work needs cheaper events, or more partitions.',
        queries: [
          {
            query: `kube_horizontalpodautoscaler_status_current_replicas{${autoscaler}}`,
            legend: '{{horizontalpodautoscaler}}',
          },
          {
            query: `kube_horizontalpodautoscaler_spec_max_replicas{${autoscaler}}`,
            legend: '{{horizontalpodautoscaler}} at most',
          },
        ],
        unit: 'short',
      }),
    ],
  };
}

function keda({ ofKeda }: LagQueries): DashboardRow {
  return {
    title: 'KEDA',
    panels: [
      timeSeries({
        title: 'What KEDA sees',
        description:
          'The value that it scales on. It should be what waits; while it is not, KEDA reads something else than the alerts do.',
        queries: [
          {
            query: `max by (scaledObject, scaler) (${ofKeda((labels) => `keda_scaler_metrics_value{${labels}}`)})`,
            legend: '{{scaledObject}} · {{scaler}}',
          },
        ],
        unit: 'short',
      }),
      timeSeries({
        title: 'Failed readings, and scalers on hold',
        description:
          'While KEDA cannot read the lag, the number of pods is the fallback of the ScaledObject (ScalerFailing). One that is paused does not scale at all.',
        queries: [
          {
            query: `sum by (scaledObject) (${ofKeda((labels) => `increase(keda_scaler_detail_errors_total{${labels}}[5m])`)})`,
            legend: '{{scaledObject}} failed within 5 minutes',
          },
          {
            query: `max by (scaledObject) (${ofKeda((labels) => `keda_scaled_object_paused{${labels}}`)})`,
            legend: '{{scaledObject}} paused',
          },
        ],
        unit: 'short',
        limits: { warning: 1 },
      }),
    ],
  };
}
