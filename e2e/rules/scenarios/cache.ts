import { firesFrom, pendingMinutes, quietAt, type Scenarios } from '../scenario.ts';
import { counter, gauge, type Labels, selected, series } from '../series.ts';

const READY = 'kube_statefulset_status_replicas_ready';
const EVICTED = 'redis_evicted_keys_total';
const REQUESTS = 'cache_requests_total';

export const cacheDown: Scenarios = (alert) => {
  const wait = pendingMinutes(alert);
  const labels = { ...selected(alert.expr, READY), instance: 'kube-state-metrics' };
  const ready = (values: string, where: Labels = {}) => [
    series(READY, { ...labels, ...where }, values),
  ];
  return [
    {
      title: 'it is not there',
      series: ready(gauge([1, 5], [0, 60])),
      checks: firesFrom(5 + wait, { alert, prints: ['0'], labels }),
    },
    { title: 'it is there', series: ready(gauge([1, 60])), checks: quietAt(0, 20) },
    {
      title: 'another one is not there',
      series: ready(gauge([0, 60]), { statefulset: 'another' }),
      checks: quietAt(20),
    },
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};

export const cacheEvicting: Scenarios = (alert) => {
  const wait = pendingMinutes(alert);
  const labels = { ...selected(alert.expr, EVICTED), instance: 'cache-0' };
  const evicted = (growth: number) => [series(EVICTED, labels, counter([growth, 90]))];
  return [
    {
      title: 'two values a second',
      series: evicted(120),
      // It takes a few minutes until the mean of ten is above one.
      checks: [...quietAt(wait), { at: 40, firing: [{ alert, prints: ['2'], labels }] }],
    },
    { title: 'less than one a second', series: evicted(50), checks: quietAt(1 + wait, 60) },
    { title: 'none', series: evicted(0), checks: quietAt(1 + wait, 60) },
    { title: 'no data', series: [], checks: quietAt(60) },
  ];
};

export const cacheBypassed: Scenarios = (alert) => {
  const wait = pendingMinutes(alert);
  const [, namespace] = /job=~"([^"/]+)\//.exec(alert.expr)!;
  const { store } = selected(alert.expr, REQUESTS);
  const job = `${namespace!}/tasks`;
  const requests = (growth: number, where: Labels = {}) =>
    series(
      REQUESTS,
      { job, store: store!, result: 'bypass', pod: 'tasks-0', ...where },
      counter([growth, 60]),
    );
  return [
    {
      title: 'one value a second',
      series: [requests(60)],
      checks: firesFrom(1 + wait, { alert, prints: [job, '1'], labels: { job } }),
    },
    { title: 'hits', series: [requests(600, { result: 'hit' })], checks: quietAt(1 + wait, 30) },
    {
      title: 'another namespace, and another store',
      series: [requests(60, { job: 'other/tasks' }), requests(60, { store: 'other' })],
      checks: quietAt(1 + wait, 30),
    },
    { title: 'one in a minute', series: [requests(1)], checks: quietAt(1 + wait, 30) },
    { title: 'no data', series: [], checks: quietAt(30) },
  ];
};
