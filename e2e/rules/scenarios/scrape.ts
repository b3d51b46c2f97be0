import { firesFrom, pendingMinutes, quietAt, type Scenarios } from '../scenario.ts';
import { gauge, type Labels, selected, series } from '../series.ts';

export const metricsMissing: Scenarios = (alert) => {
  const wait = pendingMinutes(alert);
  const up = (values: string, where: Labels = {}) =>
    series(
      'up',
      { ...selected(alert.expr, 'up'), endpoint: 'metrics', pod: 'a', ...where },
      values,
    );
  return [
    {
      title: 'the pod does not answer',
      series: [up(gauge([1, 5], [0, 60]))],
      checks: firesFrom(5 + wait, { alert, prints: ['0'] }),
    },
    {
      title: 'there is no pod',
      series: [up(gauge([1, 60]), { job: 'another' })],
      checks: firesFrom(wait, { alert, prints: ['0'] }),
    },
    { title: 'it answers', series: [up(gauge([1, 60]))], checks: quietAt(0, 30) },
    {
      title: 'one of two pods answers',
      series: [up(gauge([0, 60])), up(gauge([1, 60]), { pod: 'b' })],
      checks: quietAt(30),
    },
    {
      title: 'not for long enough',
      series: [up(gauge([0, wait], [1, 60]))],
      checks: quietAt(wait - 1, wait, wait + 2),
    },
  ];
};
