import { firesFrom, pendingMinutes, quietAt, type Scenarios } from '../scenario.ts';
import { counter, gauge, selected, series } from '../series.ts';

export const appCallsFailing: Scenarios = (alert) => {
  const wait = pendingMinutes(alert);
  const from = 1 + wait;
  const metric = 'dapr_http_server_request_count';
  const { job } = selected(alert.expr, metric);
  const calls = (status: string, values: string, path = '/v1.0/invoke/') =>
    series(metric, { job: job!, path, method: 'GET', status, pod: 'a' }, values);
  return [
    {
      title: 'calls fail each minute, with two statuses',
      series: [calls('500', counter([2, 60])), calls('503', counter([4, 60]))],
      // Five samples' growth is in five minutes.
      checks: firesFrom(from, { alert, prints: ['30'] }),
    },
    {
      title: 'one call fails',
      series: [calls('500', counter([0, 10], [1, 1], [0, 49]))],
      checks: quietAt(11, 12, 15, 16, 17, 22),
    },
    {
      title: 'calls are answered, also with 404',
      series: [calls('200', counter([9, 60])), calls('404', counter([9, 60]))],
      checks: quietAt(from, 12),
    },
    {
      title: 'they failed long ago',
      series: [calls('500', gauge([7, 60]))],
      checks: quietAt(from, 12),
    },
    {
      title: 'something else of the sidecar fails',
      series: [calls('500', counter([6, 60]), '/v1.0/state/')],
      checks: quietAt(from, 12),
    },
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};
