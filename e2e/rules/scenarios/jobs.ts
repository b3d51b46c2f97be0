import { firesFrom, pendingMinutes, quietAt, type Scenarios, threshold } from '../scenario.ts';
import { counter, gauge, humanDuration, selected, series } from '../series.ts';

export const jobOverdue: Scenarios = (alert) => {
  const labels = selected(alert.expr, 'job_overdue_seconds');
  const max = threshold(alert);
  const wait = pendingMinutes(alert);
  const overdue = (pod: string, values: string, job = labels.job_name!) =>
    series('job_overdue_seconds', { ...labels, job_name: job, pod }, values);
  return [
    {
      title: 'a job is due for a second too long, as one of two pods says',
      series: [overdue('a', gauge([0, 5], [max + 1, 30])), overdue('b', gauge([0, 35]))],
      checks: firesFrom(5 + wait, { alert, prints: [humanDuration(max + 1)] }),
    },
    {
      title: 'a job is due for as long as it may',
      series: [overdue('a', gauge([max, 30]))],
      checks: quietAt(0, 8),
    },
    {
      title: 'not for long enough',
      series: [overdue('a', gauge([0, 5], [max + 1, wait], [0, 30]))],
      checks: quietAt(5 + wait - 1, 5 + wait, 5 + wait + 2),
    },
    {
      title: 'another job is',
      series: [overdue('a', gauge([max * 2, 30]), 'another')],
      checks: quietAt(0, 8),
    },
    { title: 'no data', series: [], checks: quietAt(0, 8) },
  ];
};

export const jobFailing: Scenarios = (alert) => {
  const wait = pendingMinutes(alert);
  const from = 1 + wait;
  const labels = selected(alert.expr, 'job_runs_total');
  const runs = (result: string, values: string, job = labels.job_name!) =>
    series('job_runs_total', { ...labels, job_name: job, result, pod: 'a' }, values);
  return [
    {
      title: 'runs fail each minute',
      series: [runs('failed', counter([6, 60]))],
      // Five samples' growth is in five minutes.
      checks: firesFrom(from, { alert, prints: ['30'] }),
    },
    {
      title: 'one run fails',
      series: [runs('failed', counter([0, 10], [1, 1], [0, 49]))],
      checks: quietAt(11, 12, 15, 16, 17, 22),
    },
    {
      title: 'runs are done, or were before',
      series: [runs('done', counter([1, 60])), runs('duplicate', counter([1, 60]))],
      checks: quietAt(from, 12),
    },
    {
      title: 'they failed long ago',
      series: [runs('failed', gauge([7, 60]))],
      checks: quietAt(from, 12),
    },
    {
      title: 'another job fails',
      series: [runs('failed', counter([6, 60]), 'another')],
      checks: quietAt(from, 12),
    },
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};
