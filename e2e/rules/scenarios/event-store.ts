import { firesFrom, pendingMinutes, quietAt, type Scenarios, threshold } from '../scenario.ts';
import { counter, gauge, humanDuration, percentage, selected, series } from '../series.ts';

const STREAMS = 'accounts';

/** A job of the namespace that an alert is of. */
function jobOf({ labels }: { readonly labels: Readonly<Record<string, string>> }): string {
  return `${labels.namespace!}/bank`;
}

export const eventStoreHeldBack: Scenarios = (alert) => {
  const max = threshold(alert);
  const wait = pendingMinutes(alert);
  const job = jobOf(alert);
  const held = (pod: string, values: string, labels: object = {}) =>
    series('event_store_held_back_seconds', { job, streams: STREAMS, pod, ...labels }, values);
  return [
    {
      title: 'events are held back for a second too long, as one of two pods says',
      series: [held('a', gauge([0, 5], [max + 1, 30])), held('b', gauge([0, 35]))],
      checks: firesFrom(5 + wait, {
        ...{ alert, prints: [STREAMS, humanDuration(max + 1)] },
        labels: { job, streams: STREAMS },
      }),
    },
    {
      title: 'for as long as they may',
      series: [held('a', gauge([max, 30]))],
      checks: quietAt(0, 8),
    },
    {
      title: 'not for long enough',
      series: [held('a', gauge([0, 5], [max + 1, wait], [0, 30]))],
      checks: quietAt(5 + wait - 1, 5 + wait, 5 + wait + 2),
    },
    {
      title: 'in another namespace',
      series: [held('a', gauge([max * 2, 30]), { job: 'elsewhere/bank' })],
      checks: quietAt(0, 8),
    },
    { title: 'no data', series: [], checks: quietAt(0, 8) },
  ];
};

export const eventStoreConflicts: Scenarios = (alert) => {
  const from = 1 + pendingMinutes(alert);
  const job = jobOf(alert);
  const appends = (result: string, values: string, streams = STREAMS) =>
    series('event_store_appends_total', { job, streams, result, pod: 'a' }, values);
  const firing = {
    ...{ alert, prints: [percentage(0.25), STREAMS] },
    labels: { job, streams: STREAMS },
  };
  return [
    {
      title: 'one of four conflicts',
      series: [appends('conflict', counter([1, 60])), appends('appended', counter([3, 60]))],
      checks: firesFrom(from, firing),
    },
    {
      title: 'one of five conflicts',
      series: [appends('conflict', counter([1, 60])), appends('appended', counter([4, 60]))],
      checks: quietAt(from, 30),
    },
    {
      title: 'one of four of other streams, and none of these',
      series: [
        appends('conflict', counter([1, 60])),
        appends('appended', counter([3, 60])),
        appends('conflict', gauge([0, 60]), 'orders'),
        appends('appended', counter([9, 60]), 'orders'),
      ],
      checks: firesFrom(from, firing),
    },
    {
      title: 'for less than ten minutes',
      series: [
        appends('conflict', counter([0, 10], [1, 1], [0, 49])),
        appends('appended', counter([0, 10], [2, 1], [0, 49])),
      ],
      checks: quietAt(12, 15, 20, 22),
    },
    {
      title: 'nothing is appended',
      series: [appends('conflict', gauge([5, 60])), appends('appended', gauge([5, 60]))],
      checks: quietAt(from, 30),
    },
    { title: 'no data', series: [], checks: quietAt(30) },
  ];
};

export const projectionBehind: Scenarios = (alert) => {
  const max = threshold(alert);
  const wait = pendingMinutes(alert);
  const labels = selected(alert.expr, 'projection_lag_seconds');
  const lag = (version: string, values: string, more: object = {}) =>
    series(
      'projection_lag_seconds',
      { ...labels, projection: 'balances', version, pod: 'a', ...more },
      values,
    );
  const firing = {
    ...{ alert, prints: ['balances', humanDuration(max + 1)] },
    labels: { projection: 'balances' },
  };
  return [
    {
      title: 'it is a second too far behind, as one of two pods says',
      series: [lag('1', gauge([0, 5], [max + 1, 30])), lag('1', gauge([0, 35]), { pod: 'b' })],
      checks: firesFrom(5 + wait, firing),
    },
    {
      title: 'both versions are',
      series: [lag('1', gauge([max + 1, 30])), lag('2', gauge([max * 9, 30]))],
      checks: firesFrom(wait, firing),
    },
    {
      title: 'a new version is built beside the one that is read',
      series: [lag('1', gauge([0, 30])), lag('2', gauge([max * 9, 30]))],
      checks: quietAt(0, wait, 8),
    },
    {
      title: 'it is as far behind as it may be',
      series: [lag('1', gauge([max, 30]))],
      checks: quietAt(0, 8),
    },
    {
      title: 'not for long enough',
      series: [lag('1', gauge([0, 5], [max + 1, wait], [0, 30]))],
      checks: quietAt(5 + wait - 1, 5 + wait, 5 + wait + 2),
    },
    {
      title: 'that of another app is',
      series: [lag('1', gauge([max * 2, 30]), { job: 'other' })],
      checks: quietAt(0, 8),
    },
    { title: 'no data', series: [], checks: quietAt(0, 8) },
  ];
};

export const projectionStopped: Scenarios = (alert) => {
  const wait = pendingMinutes(alert);
  const labels = selected(alert.expr, 'projection_stopped');
  const stopped = (pod: string, values: string, more: object = {}) =>
    series(
      'projection_stopped',
      { ...labels, projection: 'balances', version: '2', pod, ...more },
      values,
    );
  return [
    {
      title: 'it has stopped, as one of two pods says',
      series: [stopped('a', gauge([0, 5], [1, 30])), stopped('b', gauge([0, 35]))],
      checks: firesFrom(5 + wait, {
        ...{ alert, prints: ['1', 'balances', '2'] },
        labels: { projection: 'balances', version: '2' },
      }),
    },
    {
      title: 'it goes on',
      series: [stopped('a', gauge([0, 30]))],
      checks: quietAt(0, 8),
    },
    {
      title: 'it has gone on soon',
      series: [stopped('a', gauge([0, 5], [1, wait], [0, 30]))],
      checks: quietAt(5 + wait - 1, 5 + wait, 5 + wait + 2),
    },
    {
      title: 'that of another app has stopped',
      series: [stopped('a', gauge([1, 30]), { job: 'other' })],
      checks: quietAt(0, 8),
    },
    { title: 'no data', series: [], checks: quietAt(0, 8) },
  ];
};
