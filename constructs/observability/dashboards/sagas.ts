import { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { DashboardName } from '../dashboard-link.ts';
import type { DashboardProps, DashboardRow } from './dashboard.ts';
import { note, number, table, timeSeries } from './panels.ts';
import type { PlatformParts } from './platform-parts.ts';

const COMMANDS = `A saga that is stuck waits for somebody. From where \`kubectl\` reaches the cluster:

| | |
|---|---|
| Which sagas are stuck | \`event-platform sagas list --status stuck\` |
| One of them, with its commands | \`event-platform sagas show APP SAGA ID\` |
| Once the participant is mended | \`event-platform sagas retry APP SAGA ID\` |
| Undo what was done | \`event-platform sagas cancel APP SAGA ID\` |`;

/** How sagas end, how long they take, and which do not go on. */
export function sagasDashboard(parts: PlatformParts): DashboardProps {
  const queries = queriesOf(parts);
  return {
    name: DashboardName.SAGAS,
    title: 'Sagas',
    description: 'Do sagas end, how, and how soon? Which ones need somebody?',
    variables: [{ name: 'consumer', label: 'App', values: parts.sagas.map(({ appId }) => appId) }],
    rows: [now(queries), overTime(queries)],
  };
}

/** What panels select, of the apps that are chosen. */
function queriesOf({ namespace }: PlatformParts) {
  const job = `job=~"${namespace}/$consumer"`;
  const gauge = (metric: string, by: string, select = '') =>
    `max by (${by}) (${metric}{${job}${select}})`;
  const rate = (metric: string, by: string) =>
    `sum by (${by}) (rate(${metric}{${job}}[$__rate_interval]))`;
  return { gauge, rate };
}

type SagaQueries = ReturnType<typeof queriesOf>;

function now({ gauge }: SagaQueries): DashboardRow {
  const stuck = gauge(RUNTIME_METRICS.sagasStuck, 'job, saga, step, during');
  const overdue = gauge(RUNTIME_METRICS.sagasOverdue, 'job, saga, step');
  return {
    title: 'Now',
    panels: [
      number({
        title: 'Stuck sagas',
        description: 'SagaCompensationFailed and SagaStuck tell of any.',
        queries: [{ query: `sum(${stuck}) or vector(0)`, legend: 'sagas' }],
        unit: 'short',
        width: 12,
        limits: { critical: 1 },
      }),
      number({
        title: 'Overdue sagas',
        description:
          'A step that cannot be undone is not answered in time. SagaStuck tells of any.',
        queries: [{ query: `sum(${overdue}) or vector(0)`, legend: 'sagas' }],
        unit: 'short',
        width: 12,
        limits: { critical: 1 },
      }),
      table({
        title: 'Stuck sagas, by step',
        description:
          'undo: what was done could not be undone. request: the step has failed after the point of no return.',
        queries: [{ query: `${stuck} > 0`, legend: '' }],
        unit: 'short',
        columns: { saga: 'Saga', step: 'Step', during: 'During', Value: 'Sagas' },
      }),
      note('What to do', COMMANDS),
    ],
  };
}

function overTime({ gauge, rate }: SagaQueries): DashboardRow {
  return {
    title: 'Over time',
    panels: [
      timeSeries({
        title: 'Sagas that are started and that end, a second',
        description: 'Cancelled: a step has failed, and what was done before it is undone.',
        queries: [
          { query: rate(RUNTIME_METRICS.sagasStarted, 'saga'), legend: '{{saga}} started' },
          {
            query: rate(RUNTIME_METRICS.sagasEnded, 'saga, outcome'),
            legend: '{{saga}} {{outcome}}',
          },
        ],
        unit: 'ops',
      }),
      timeSeries({
        title: 'Sagas that have not ended, by status',
        description: 'What grows for good does not come to an end: a participant is late, or gone.',
        queries: [
          {
            query: `sum by (saga, status) (${gauge(RUNTIME_METRICS.sagasOpen, 'job, saga, status')})`,
            legend: '{{saga}} {{status}}',
          },
        ],
        unit: 'short',
        stacked: true,
      }),
      timeSeries({
        title: 'From start to end',
        description: 'Those that have ended, undone ones among them.',
        queries: [0.5, 0.95].map((quantile) => ({
          query: `histogram_quantile(${quantile}, ${rate(`${RUNTIME_METRICS.sagaDuration}_bucket`, 'saga, le')})`,
          legend: `{{saga}} p${quantile * 100}`,
        })),
        unit: 's',
      }),
      timeSeries({
        title: 'Answers without an effect, a second',
        description:
          'late: the saga had gone on. repeated: it was there before. contradictory: another one was. unknown: to no command that the app knows.',
        queries: [
          {
            query: rate(RUNTIME_METRICS.sagaAnswersIgnored, 'saga, step, reason'),
            legend: '{{saga}} {{step}} {{reason}}',
          },
        ],
        unit: 'ops',
      }),
    ],
  };
}
