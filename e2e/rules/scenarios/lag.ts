import { alertsOf, type RuleGroup } from '../rule-sets.ts';
import {
  alertOf,
  firesFrom,
  type InputSeries,
  pendingMinutes,
  quietAt,
  type Scenarios,
  threshold,
} from '../scenario.ts';
import { counter, gauge, humanDuration, type Phase, selected, series } from '../series.ts';
import { isKafka, otherTopics, partitions, waiting } from './broker-series.ts';

/** What selects the metrics of a group's consumer. */
export function consumerJob(group: RuleGroup): { readonly job: string } {
  const { expr } = alertsOf(group).find(({ alert }) => alert === 'ConsumerMissing')!;
  return { job: selected(expr, 'up').job! };
}

/** Pods of a consumer that answer. */
export function pods(group: RuleGroup, ...phases: readonly Phase[]): InputSeries {
  return series('up', { ...consumerJob(group), pod: 'a' }, gauge(...phases));
}

/** Events that a consumer has answered, by result. */
export function consumed(group: RuleGroup, result: string, values: string): InputSeries {
  const labels = { ...consumerJob(group), type: 'com.example.event', result };
  return series('events_consumed_total', labels, values);
}

/** A consumer that is there and works. */
function working(group: RuleGroup, eachMinute: number, samples = 60): InputSeries[] {
  return [pods(group, [1, samples]), consumed(group, 'processed', counter([eachMinute, samples]))];
}

export const consumerLagHigh: Scenarios = (alert, group) => {
  const max = threshold(alert);
  const wait = pendingMinutes(alert);
  const { expr } = alert;
  const fast = working(group, 600_000);
  const kafka = isKafka(expr)
    ? [
        {
          title: 'everything waits for a group that has never confirmed anything',
          series: [
            ...fast,
            ...partitions(expr, [
              { newest: gauge([max + 300, 60]), oldest: gauge([300, 60]) },
              { newest: gauge([1, 60]), oldest: gauge([0, 60]) },
            ]),
          ],
          checks: firesFrom(wait, { alert, prints: [String(max + 1)] }),
        },
        {
          title: 'what a partition holds waits where the group has confirmed nothing in it',
          series: [
            ...fast,
            ...partitions(expr, [
              { lag: gauge([max, 60]), newest: gauge([9_000_000, 60]), oldest: gauge([0, 60]) },
              { lag: gauge([-1, 60]), newest: gauge([5, 60]), oldest: gauge([4, 60]) },
            ]),
          ],
          checks: firesFrom(wait, { alert, prints: [String(max + 1)] }),
        },
        {
          title: 'two pods of the exporter do not count twice',
          series: [
            ...fast,
            ...['a', 'b'].flatMap((pod) =>
              partitions(
                expr,
                [{ lag: gauge([max, 60]), newest: gauge([max, 60]), oldest: gauge([0, 60]) }],
                { pod },
              ),
            ),
          ],
          checks: quietAt(12),
        },
      ]
    : [];
  return [
    {
      title: 'one more than may wait',
      series: [...fast, ...waiting(expr, [max + 1, 60])],
      checks: firesFrom(wait, { alert, prints: [String(max + 1)] }),
    },
    {
      title: 'two millions are written in digits',
      series: [...fast, ...waiting(expr, [2_000_000, 60])],
      checks: firesFrom(wait, { alert, prints: ['2000000'] }),
    },
    {
      title: 'as many as may wait',
      series: [...fast, ...waiting(expr, [max, 60])],
      checks: quietAt(12),
    },
    {
      title: 'not for long enough',
      series: [...fast, ...waiting(expr, [max + 1, wait], [max, 60])],
      checks: quietAt(wait - 1, wait, wait + 3),
    },
    { title: 'no data', series: [], checks: quietAt(0, 12) },
    ...kafka,
  ];
};

export const consumerMissing: Scenarios = (alert, group) => {
  const wait = pendingMinutes(alert);
  const one = waiting(alert.expr, [1, 60]);
  const firing = { alert, prints: ['1'] };
  return [
    { title: 'one event waits for no pod', series: one, checks: firesFrom(wait, firing) },
    {
      title: 'one event waits for a pod that does not answer',
      series: [...one, pods(group, [0, 60])],
      checks: firesFrom(wait, firing),
    },
    {
      title: 'a pod is there and works',
      series: [...one, ...working(group, 1)],
      checks: quietAt(12),
    },
    {
      title: 'no pod, and nothing waits: scaled to zero',
      series: waiting(alert.expr, [0, 60]),
      checks: quietAt(12),
    },
    {
      title: 'a pod comes up in time',
      series: [
        ...one,
        pods(group, [0, wait], [1, 60]),
        consumed(group, 'processed', counter([0, wait - 1], [1, 60])),
      ],
      checks: quietAt(wait - 1, wait, wait + 2),
    },
    {
      title: 'the lag is gone in time',
      series: waiting(alert.expr, [1, wait], [0, 60]),
      checks: quietAt(wait - 1, wait, wait + 2),
    },
    ...(isKafka(alert.expr)
      ? [
          {
            title: 'events wait for a group that has never been there',
            series: partitions(alert.expr, [{ newest: gauge([1, 60]), oldest: gauge([0, 60]) }]),
            checks: firesFrom(wait, firing),
          },
        ]
      : []),
  ];
};

export const consumerStalled: Scenarios = (alert, group) => {
  const wait = pendingMinutes(alert);
  const { expr } = alert;
  const one = waiting(expr, [1, 60]);
  const up = pods(group, [1, 60]);
  const firing = { alert, prints: ['1'] };
  return [
    {
      title: 'a pod is there and finishes nothing',
      series: [...one, up, consumed(group, 'processed', counter([0, 60]))],
      checks: firesFrom(wait, firing),
    },
    {
      title: 'failing again and again is no progress',
      series: [...one, up, consumed(group, 'failed', counter([1, 60]))],
      checks: firesFrom(wait, firing),
    },
    {
      title: 'one event in a minute is progress',
      series: [...one, ...working(group, 1)],
      checks: quietAt(12),
    },
    {
      title: 'an event that goes into the quarantine is progress',
      series: [
        ...one,
        up,
        consumed(group, 'processed', counter([99, 60])),
        consumed(group, 'quarantined', counter([1, 60])),
      ],
      checks: quietAt(12),
    },
    {
      title: 'nothing waits and nothing is finished',
      series: [...waiting(expr, [0, 60]), up, consumed(group, 'processed', counter([0, 60]))],
      checks: quietAt(12),
    },
    {
      title: 'not for long enough',
      series: [...waiting(expr, [1, wait], [0, 60]), up],
      checks: quietAt(wait - 1, wait, wait + 2),
    },
    {
      title: 'without a pod, another alert says so',
      series: one,
      checks: [
        {
          at: wait,
          firing: [{ alert: alertOf(group, 'ConsumerMissing', alert.labels.topic), prints: ['1'] }],
        },
      ],
    },
  ];
};

export const consumerDrainSlow: Scenarios = (alert, group) => {
  const max = threshold(alert);
  const wait = pendingMinutes(alert);
  const { expr } = alert;
  // One event a minute, so that few of them wait.
  const work = [...working(group, 1), ...otherTopics(expr, 75)];
  const few = max / 60;
  return [
    {
      title: 'one more than is worked off in time',
      series: [...work, ...waiting(expr, [0, 15], [few + 1, 60])],
      checks: firesFrom(15 + wait, { alert, prints: [humanDuration((few + 1) * 60)] }),
    },
    {
      title: 'as many as are worked off in time',
      series: [...work, ...waiting(expr, [0, 15], [few, 60])],
      checks: quietAt(25),
    },
    {
      title: 'not for long enough',
      series: [...work, ...waiting(expr, [0, 15], [few + 1, wait], [0, 60])],
      checks: quietAt(15 + wait - 1, 15 + wait, 15 + wait + 2),
    },
    {
      title: 'no data of the broker',
      series: work,
      checks: quietAt(12),
    },
  ];
};
