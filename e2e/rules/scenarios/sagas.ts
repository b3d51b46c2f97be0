import { firesFrom, pendingMinutes, quietAt, type Scenarios } from '../scenario.ts';
import { gauge, selected, series } from '../series.ts';

const SAGA = { saga: 'book-trip', step: 'room' };

export const sagaCompensationFailed: Scenarios = (alert) => {
  const wait = pendingMinutes(alert);
  const { job } = selected(alert.expr, 'sagas_stuck');
  const stuck = (pod: string, values: string, during = 'undo') =>
    series('sagas_stuck', { job: job!, ...SAGA, during, pod }, values);
  return [
    {
      title: 'two sagas could not undo a step, as one of two pods says',
      series: [stuck('a', gauge([0, 5], [2, 30])), stuck('b', gauge([0, 35]))],
      checks: firesFrom(5 + wait, { alert, prints: ['2', 'book-trip', 'room'], labels: SAGA }),
    },
    {
      title: 'none is stuck, or somebody has retried at once',
      series: [stuck('a', gauge([0, 5], [1, wait], [0, 30]))],
      checks: quietAt(0, 5 + wait, 8),
    },
    { title: 'no data', series: [], checks: quietAt(0, 8) },
  ];
};

export const sagaStuck: Scenarios = (alert) => {
  const wait = pendingMinutes(alert);
  const { job } = selected(alert.expr, 'sagas_overdue');
  const stuck = (values: string, during = 'request') =>
    series('sagas_stuck', { job: job!, ...SAGA, during, pod: 'a' }, values);
  const overdue = (values: string) =>
    series('sagas_overdue', { job: job!, ...SAGA, pod: 'a' }, values);
  const firing = (count: string) => ({
    alert,
    prints: [count, 'book-trip', 'room'],
    labels: SAGA,
  });
  return [
    {
      title: 'a step has failed after the point of no return',
      series: [stuck(gauge([0, 5], [1, 30])), overdue(gauge([0, 35]))],
      checks: firesFrom(5 + wait, firing('1')),
    },
    {
      title: 'three sagas are overdue',
      series: [overdue(gauge([0, 5], [3, 30]))],
      checks: firesFrom(5 + wait, firing('3')),
    },
    {
      title: 'not for long enough',
      series: [overdue(gauge([0, 5], [3, wait], [0, 30]))],
      checks: quietAt(5 + wait - 1, 5 + wait, 5 + wait + 2),
    },
    {
      title: 'none is stuck or overdue',
      series: [stuck(gauge([0, 35])), overdue(gauge([0, 35]))],
      checks: quietAt(0, wait, 20),
    },
    { title: 'no data', series: [], checks: quietAt(0, 8) },
  ];
};
