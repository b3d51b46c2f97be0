import { firesFrom, pendingMinutes, quietAt, type Scenarios } from '../scenario.ts';
import { counter, gauge, selected, series } from '../series.ts';

const TYPE = 'com.example.probe';

export const commandsUnanswered: Scenarios = (alert) => {
  const from = 1 + pendingMinutes(alert);
  const labels = selected(alert.expr, 'command_requests_total');
  const requests = (result: string, values: string, type = TYPE) =>
    series('command_requests_total', { job: labels.job!, type, result, pod: 'a' }, values);
  const firing = { alert, prints: ['10%', TYPE], labels: { type: TYPE } };
  return [
    {
      title: 'one of ten is not answered',
      series: [requests('timed_out', counter([1, 60])), requests('answered', counter([9, 60]))],
      checks: firesFrom(from, firing),
    },
    {
      title: 'one of twenty is not answered',
      series: [requests('timed_out', counter([1, 60])), requests('answered', counter([19, 60]))],
      checks: quietAt(from, 20),
    },
    {
      title: 'all of another command are answered',
      series: [
        requests('timed_out', counter([1, 60])),
        requests('answered', counter([9, 60])),
        requests('timed_out', gauge([0, 60]), 'com.example.other'),
        requests('answered', counter([9, 60]), 'com.example.other'),
      ],
      checks: firesFrom(from, firing),
    },
    {
      title: 'for less than five minutes',
      series: [
        requests('timed_out', counter([0, 10], [1, 1], [0, 49])),
        requests('answered', counter([2, 60])),
      ],
      checks: quietAt(12, 15, 17, 20),
    },
    {
      title: 'nothing is asked',
      series: [requests('timed_out', gauge([5, 60])), requests('answered', gauge([5, 60]))],
      checks: quietAt(from, 20),
    },
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};
