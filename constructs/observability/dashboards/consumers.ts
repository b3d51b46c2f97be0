import { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { DashboardName } from '../dashboard-link.ts';
import { BURN_RATES, type DeliverySlo, lateRatio } from '../delivery-slo.ts';
import { MAX_OUTBOX_AGE } from '../producer-alerts.ts';
import type { DashboardProps, DashboardRow } from './dashboard.ts';
import { timeSeries, type PanelQuery } from './panels.ts';
import { ofWorkload, type PlatformParts } from './platform-parts.ts';

const PERCENTILES = [0.5, 0.95, 0.99];

/** What becomes of events, how long it takes, and what is left to do. */
export function consumersDashboard(parts: PlatformParts): DashboardProps {
  const { consumers } = parts;
  const queries = queriesOf(parts);
  return {
    name: DashboardName.CONSUMERS,
    title: 'Consumers',
    description:
      'Is every event processed, soon, and once? What failed, and what is still to be done?',
    variables: [
      { name: 'consumer', label: 'Consumer', values: consumers.map(({ appId }) => appId) },
    ],
    rows: [events(queries), times(queries), leftToDo(queries)],
  };
}

/** What panels select, of the consumers that are chosen. */
function queriesOf(parts: PlatformParts) {
  const { namespace } = parts;
  const job = `job=~"${namespace}/$consumer"`;
  const consumed = (select = '') =>
    ofWorkload(`rate(${RUNTIME_METRICS.eventsConsumed}{${job}${select}}[$__rate_interval])`);
  const gauge = (metric: string) => ofWorkload(`${metric}{${job}}`);
  const percentile = (metric: string, quantile: number): PanelQuery => ({
    query: `histogram_quantile(${quantile}, sum by (consumer, le) (${ofWorkload(`rate(${metric}_bucket{${job}}[$__rate_interval])`)}))`,
    legend: `{{consumer}} p${quantile * 100}`,
  });
  return { ...parts, parts, consumed, gauge, percentile };
}

type ConsumerQueries = ReturnType<typeof queriesOf>;

function events({ consumed, consumers }: ConsumerQueries): DashboardRow {
  return {
    title: 'Events',
    panels: [
      timeSeries({
        title: 'Events a second, by result',
        description:
          'A duplicate was known already and changed nothing. What is parked waits behind an earlier event of its key in the quarantine. What failed is redelivered.',
        queries: [
          {
            query: `sum by (consumer, result) (${consumed()})`,
            legend: '{{consumer}} {{result}}',
          },
        ],
        unit: 'eps',
        stacked: true,
      }),
      timeSeries({
        title: 'Error ratio',
        description:
          'Failed or quarantined, of all. EventErrorsHigh tells when it stays above the dashed line.',
        queries: [
          {
            query: `sum by (consumer) (${consumed(',result=~"failed|quarantined"')}) / (sum by (consumer) (${consumed()}) > 0)`,
            legend: '{{consumer}}',
          },
        ],
        unit: 'percentunit',
        limits: {
          warning: Math.min(...consumers.map(({ thresholds }) => thresholds.maxErrorRatio)),
        },
      }),
    ],
  };
}

function times({ percentile, consumers, slos, parts }: ConsumerQueries): DashboardRow {
  return {
    title: 'Time',
    panels: [
      timeSeries({
        title: 'Processing time',
        description:
          'Of one delivery, of which each event counts. EventProcessingSlow tells when the 95th percentile stays above the dashed line.',
        queries: PERCENTILES.map((quantile) =>
          percentile(RUNTIME_METRICS.eventProcessing, quantile),
        ),
        unit: 's',
        limits: {
          warning: Math.min(
            ...consumers.map(
              ({ thresholds }) => thresholds.maxProcessingTime.toMilliseconds() / 1000,
            ),
          ),
        },
      }),
      timeSeries({
        title: 'Delivery time',
        description: `From an event's own time to the commit of its effect: outbox, broker and consumer together.${slos.length === 0 ? '' : ' The dashed line is the SLO.'}`,
        queries: PERCENTILES.map((quantile) => percentile(RUNTIME_METRICS.eventDelivery, quantile)),
        unit: 's',
        ...(slos.length > 0 && {
          limits: { warning: Math.min(...slos.map(({ within }) => within)) },
        }),
      }),
      ...(slos.length === 0 ? [] : sloPanels(parts)),
    ],
  };
}

function leftToDo({ gauge, namespace }: ConsumerQueries): DashboardRow {
  return {
    title: 'What is left to do',
    panels: [
      timeSeries({
        title: 'Side effects',
        description:
          'Calls of other services that are not done. EffectsFailed tells of those that were given up.',
        queries: [
          {
            query: `max by (consumer, status) (${gauge(RUNTIME_METRICS.effectsOpen)})`,
            legend: '{{consumer}} {{status}}',
          },
        ],
        unit: 'short',
        width: 8,
      }),
      timeSeries({
        title: 'Events in the quarantine',
        description: 'They could not be processed. The dashboard of dead letters says what to do.',
        queries: [
          {
            query: `max by (consumer, reason) (${gauge(RUNTIME_METRICS.quarantineEvents)}) > 0 or on () vector(0)`,
            legend: '{{consumer}} {{reason}}',
          },
        ],
        unit: 'short',
        width: 8,
        limits: { critical: 1 },
      }),
      timeSeries({
        title: 'Age of the oldest event in an outbox',
        description: `Of all producers: it is part of the delivery time. OutboxStuck tells above ${MAX_OUTBOX_AGE} s.`,
        queries: [
          {
            query: `max by (job) (${RUNTIME_METRICS.outboxAge}{job=~"${namespace}/.+"})`,
            legend: '{{job}}',
          },
        ],
        unit: 's',
        width: 8,
        limits: { critical: MAX_OUTBOX_AGE },
      }),
    ],
  };
}

/** Queries that a panel has letters for. */
const MAX_QUERIES = 26;

/** Consumers that one query shows: those of one SLO, or one by one while there are few. */
interface ShownSlo {
  /** What their SLO is, as a number. */
  readonly value: number;
  /** Selects them among the consumers that are chosen, with a comma in front. */
  readonly selector: string;
  /** What their series are called. */
  readonly legend: string;
}

/** The SLOs of all consumers, by one of their numbers. */
function shownSlos(
  slos: readonly DeliverySlo[],
  queriesForEach: number,
  valueOf: (slo: DeliverySlo) => number,
): ShownSlo[] {
  if (slos.length * queriesForEach <= MAX_QUERIES) {
    return slos.map((slo) => ({
      value: valueOf(slo),
      selector: `,consumer="${slo.appId}"`,
      legend: slo.appId,
    }));
  }
  const byValue = Map.groupBy(slos, valueOf);
  return [...byValue].map(([value, group]) => ({
    value,
    selector: byValue.size === 1 ? '' : `,consumer=~"${group.map(({ appId }) => appId).join('|')}"`,
    legend: '{{consumer}}',
  }));
}

/** How fast what may be late is used up. */
function sloPanels({ namespace, slos }: PlatformParts) {
  const rates = BURN_RATES.map(({ rate }) => rate);
  const windows = BURN_RATES.map(({ long }) => long);
  const late = ({ selector }: ShownSlo, range: string) =>
    `${lateRatio(range)}{namespace="${namespace}",consumer=~"$consumer"${selector}}`;
  return [
    timeSeries({
      title: 'How fast the error budget is used up',
      description: `1: what may be late in 30 days lasts 30 days. DeliverySloAtRisk tells at ${BURN_RATES.map(({ rate, long }) => `${rate} over ${long}`).join(', ')}.`,
      queries: shownSlos(slos, windows.length, ({ ratio }) => ratio).flatMap((shown) =>
        windows.map((range) => ({
          query: `${late(shown, range)} / ${Number((1 - shown.value).toPrecision(6))}`,
          legend: `${shown.legend} over ${range}`,
        })),
      ),
      unit: 'short',
      limits: { warning: Math.min(...rates), critical: Math.max(...rates) },
    }),
    timeSeries({
      title: 'Ratio of late events',
      description:
        'Not done within the time of the SLO, or in the quarantine; of the last 5 minutes.',
      queries: shownSlos(slos, 1, ({ within }) => within).map((shown) => ({
        query: late(shown, '5m'),
        legend: `${shown.legend} later than ${shown.value} s`,
      })),
      unit: 'percentunit',
    }),
  ];
}
