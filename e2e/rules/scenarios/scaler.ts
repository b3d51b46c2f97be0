import { firesFrom, pendingMinutes, quietAt, type Scenarios, threshold } from '../scenario.ts';
import { counter, gauge, type Labels, selected, series } from '../series.ts';

const ERRORS = 'keda_scaler_detail_errors_total';
const PODS = 'kube_horizontalpodautoscaler_status_current_replicas';

export const scalerFailing: Scenarios = (alert) => {
  const from = 1 + pendingMinutes(alert);
  const { exported_namespace: namespace, ...labels } = selected(alert.expr, ERRORS);
  const errors = (where: Labels, values: string, scaler = 'kafka') =>
    series(ERRORS, { ...labels, scaler, ...where }, values);
  /** Where Prometheus renames the label of the metric, and where it keeps it. */
  const renamed = { exported_namespace: namespace!, namespace: 'keda' };
  const kept = { namespace: namespace! };
  return [
    ...[renamed, kept].map((where) => ({
      title: `fails each minute (${Object.keys(where).join(', ')})`,
      series: [errors(where, counter([1, 60]))],
      checks: firesFrom(from, { alert, prints: ['5'] }),
    })),
    {
      title: 'both of two triggers fail',
      series: ['kafka', 'redis-streams'].map((scaler) => errors(kept, counter([1, 60]), scaler)),
      checks: firesFrom(from, { alert, prints: ['10'] }),
    },
    {
      title: 'failed once',
      series: [errors(kept, counter([0, 10], [1, 1], [0, 49]))],
      checks: quietAt(11, 12, 15, 16, 17, 22),
    },
    {
      title: 'the scaler of another consumer fails',
      series: [errors({ exported_namespace: 'elsewhere', namespace: 'keda' }, counter([1, 60]))],
      checks: quietAt(from, 12),
    },
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};

export const dueWorkWaiting: Scenarios = (alert) => {
  const wait = pendingMinutes(alert);
  const VALUE = 'keda_scaler_metrics_value';
  const { exported_namespace: namespace, ...labels } = selected(alert.expr, VALUE);
  const kept = { namespace: namespace!, metric: 's1-postgresql' };
  const rows = (values: string, where: Labels = kept) =>
    series(VALUE, { ...labels, ...where }, values);
  return [
    {
      title: 'rows wait, more and more',
      series: [rows(counter([1, 60]))],
      checks: firesFrom(1 + wait, { alert, prints: [String(1 + wait)] }),
    },
    {
      title: 'Prometheus renames the namespace',
      series: [
        rows(gauge([7, 60]), {
          exported_namespace: namespace!,
          namespace: 'keda',
          metric: 's12-postgresql',
        }),
      ],
      checks: firesFrom(wait, { alert, prints: ['7'] }),
    },
    {
      title: 'they are done before long',
      series: [rows(gauge([5, wait], [0, 60]))],
      checks: quietAt(wait - 1, wait, wait + 2),
    },
    {
      title: 'messages wait, which other alerts look at',
      series: [rows(gauge([5, 60]), { ...kept, metric: 's0-kafka-task-created' })],
      checks: quietAt(wait + 5),
    },
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};

export const scalerAtMaximum: Scenarios = (alert) => {
  const max = threshold(alert);
  const wait = pendingMinutes(alert);
  const pods = (values: string, where: Labels = {}) =>
    series(PODS, { ...selected(alert.expr, PODS), ...where }, values);
  const where = { instance: 'kube-state-metrics' };
  const labels = { ...selected(alert.expr, PODS), ...where };
  return [
    {
      title: 'all the pods are there',
      series: [pods(gauge([1, 5], [max, 60]), where)],
      checks: firesFrom(5 + wait, { alert, prints: [String(max)], labels }),
    },
    { title: 'one is left', series: [pods(gauge([max - 1, 60]))], checks: quietAt(20) },
    {
      title: 'not for long enough',
      series: [pods(gauge([max, wait], [max - 1, 60]))],
      checks: quietAt(wait - 1, wait, wait + 2),
    },
    {
      title: 'another autoscaler is there',
      series: [pods(gauge([max, 60]), { horizontalpodautoscaler: 'another' })],
      checks: quietAt(20),
    },
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};
