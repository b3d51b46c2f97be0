import {
  type Check,
  firesFrom,
  pendingMinutes,
  quietAt,
  type Scenarios,
  threshold,
} from '../scenario.ts';
import {
  counter,
  ending,
  gauge,
  humanDuration,
  percentage,
  type Phase,
  selected,
  series,
} from '../series.ts';
import { countsConnections, scraped, written } from './broker-series.ts';
import { consumed, consumerJob } from './lag.ts';

export const deadLettersGrowing: Scenarios = (alert) => {
  const { expr } = alert;
  const up = scraped(expr, 60);
  const grows = gauge([5, 15], [6, 45]);
  return [
    {
      title: 'one event more than before',
      series: [...up, written(expr, grows)],
      checks: [...firesFrom(15, { alert, prints: ['1'] }), ...quietAt(28)],
    },
    {
      title: 'as many as ever',
      series: [...up, written(expr, gauge([5, 60]))],
      checks: quietAt(5, 12, 20),
    },
    { title: 'no data', series: [], checks: quietAt(0, 12) },
    ...(countsConnections(expr)
      ? [
          {
            title: 'a connection that is new has published two',
            series: [...up, written(expr, '_x15 2x30')],
            checks: firesFrom(15, { alert, prints: ['2'] }),
          },
        ]
      : []),
  ];
};

export const eventErrorsHigh: Scenarios = (alert, group) => {
  const max = Math.round(threshold(alert) * 100);
  const wait = pendingMinutes(alert);
  // The first rate is there after a minute.
  const from = 1 + wait;
  const of100 = (failed: number, quarantined: number) => [
    consumed(group, 'processed', counter([100 - failed - quarantined, 60])),
    consumed(group, 'failed', counter([failed, 60])),
    consumed(group, 'quarantined', counter([quarantined, 60])),
    consumed(group, 'parked', counter([0, 60])),
  ];
  const tooMany = { alert, prints: [percentage((max + 1) / 100)] };
  return [
    { title: 'failed', series: of100(max + 1, 0), checks: firesFrom(from, tooMany) },
    { title: 'quarantined', series: of100(1, max), checks: firesFrom(from, tooMany) },
    { title: 'fewer than may fail', series: of100(max - 1, 0), checks: quietAt(from, 12) },
    {
      title: 'a minute of errors within ten good ones',
      series: [
        consumed(group, 'processed', counter([100, 15], [100 - 6 * max, 1], [100, 44])),
        consumed(group, 'failed', counter([0, 15], [6 * max, 1], [0, 44])),
      ],
      checks: quietAt(16, 22, 28),
    },
    { title: 'no event at all', series: of100(0, 0).slice(1), checks: quietAt(from, 12) },
    { title: 'no data', series: [], checks: quietAt(12) },
  ];
};

export const eventProcessingSlow: Scenarios = (alert, group) => {
  const max = threshold(alert);
  const wait = pendingMinutes(alert);
  const from = 1 + wait;
  const type = 'com.example.event';
  /** 100 deliveries a minute, some of which take up to three times as long as they may. */
  const deliveries = (slow: number, all = 100) =>
    (
      [
        [String(max), all - slow],
        [String(3 * max), all],
        ['+Inf', all],
      ] as const
    ).map(([le, count]) =>
      series(
        'event_processing_seconds_bucket',
        { ...consumerJob(group), type, le },
        counter([count, 60]),
      ),
    );
  // The 95th of 100 is the first of the six, between the bounds.
  const seconds = max + 2 * max * (1 / 6);
  return [
    {
      title: 'six of 100 take longer',
      series: deliveries(6),
      checks: firesFrom(from, {
        alert,
        prints: [humanDuration(seconds), type],
        labels: { type },
      }),
    },
    { title: 'four of 100 take longer', series: deliveries(4), checks: quietAt(from, 12) },
    { title: 'nothing is delivered', series: deliveries(0, 0), checks: quietAt(from, 12) },
    {
      title: 'not for long enough',
      series: deliveries(0).map((bucket, index) => ({
        ...bucket,
        values: counter(
          [index === 0 ? 50 : 100, 1],
          // Enough that are fast to have the slow ones forgotten.
          [10_000, 60],
        ),
      })),
      checks: quietAt(2, from, 12),
    },
  ];
};

export const eventIngressDropped: Scenarios = (alert, group) => {
  const wait = pendingMinutes(alert);
  const flow = (...phases: readonly Phase[]) => [consumed(group, 'processed', counter(...phases))];
  const every = 10;
  // Ten minutes after the end, the rate over ten minutes is zero.
  const over = 150 + 10 + wait;
  return [
    {
      every,
      title: 'a steady flow ends',
      series: flow([60, 150], [0, 150]),
      checks: [
        ...quietAt(140, 150),
        { at: over + 10, firing: [{ alert, prints: ['0%'] }] },
        ...quietAt(290),
      ],
    },
    {
      every,
      title: 'a steady flow ends with the pods',
      series: [consumed(group, 'processed', `${counter([60, 150])} stale`)],
      checks: [...quietAt(140), { at: over + 10, firing: [{ alert, prints: ['0%'] }] }],
    },
    {
      every,
      title: 'a fifth of the flow is left',
      series: flow([60, 150], [12, 150]),
      checks: quietAt(140, over + 10, over + 30),
    },
    {
      every,
      title: 'a burst that is over is no drop',
      series: flow([0, 100], [600, 30], [0, 170]),
      checks: quietAt(120, 140, 150, 170, 200, 230),
    },
    {
      every,
      title: 'a flow that is too small to tell',
      series: flow([24, 150], [0, 150]),
      checks: quietAt(140, over + 10, over + 30),
    },
    {
      every,
      title: 'a short pause',
      series: flow([60, 150], [0, wait], [60, 140]),
      checks: quietAt(150 + wait, over, over + 10),
    },
    { every, title: 'no data', series: [], checks: quietAt(100) },
  ];
};

export const eventsQuarantined: Scenarios = (alert) => {
  const labels = selected(alert.expr, 'quarantine_events');
  const held = (reason: string, pod: string, values: string) =>
    series('quarantine_events', { ...labels, reason, pod }, values);
  const three: Check['firing'] = [{ alert, prints: ['3'] }];
  return [
    {
      title: 'at once, each event once, whatever number of pods says so',
      series: ['a', 'b'].flatMap((pod) => [
        held('handler', pod, gauge([0, 3], [1, 30])),
        held('parked', pod, gauge([0, 3], [2, 30])),
      ]),
      checks: [...quietAt(2), { at: 3, firing: three }, { at: 9, firing: three }],
    },
    {
      title: 'still, when the consumer is scaled to zero',
      series: [held('handler', 'a', ending([3, 12]))],
      checks: [
        { at: 11, firing: three },
        { at: 12, firing: three },
        { at: 50, firing: three },
      ],
    },
    {
      title: 'no longer, when they were replayed before that',
      series: [held('handler', 'a', ending([3, 4], [0, 12]))],
      checks: [{ at: 3, firing: three }, ...quietAt(4, 15, 17, 40)],
    },
    {
      title: 'no longer, when another pod says that they are gone',
      series: [
        held('handler', 'a', ending([3, 12])),
        held('handler', 'b', gauge([0, 30]).replace(/^0x29/, '_x19 0x30')),
      ],
      checks: [{ at: 15, firing: three }, ...quietAt(20, 22, 30)],
    },
    { title: 'none', series: [held('handler', 'a', gauge([0, 30]))], checks: quietAt(0, 8) },
    { title: 'no data', series: [], checks: quietAt(0, 8) },
  ];
};

export const effectsFailed: Scenarios = (alert) => {
  const labels = selected(alert.expr, 'effects_open');
  const open = (status: string, pod: string, values: string) =>
    series('effects_open', { ...labels, status, pod }, values);
  const two: Check['firing'] = [{ alert, prints: ['2'] }];
  return [
    {
      title: 'two were given up, as both pods say',
      series: ['a', 'b'].map((pod) => open('failed', pod, gauge([0, 3], [2, 30]))),
      checks: [...quietAt(2), { at: 3, firing: two }],
    },
    {
      title: 'still, when the consumer is scaled to zero',
      series: [open('failed', 'a', ending([2, 12]))],
      checks: [
        { at: 11, firing: two },
        { at: 40, firing: two },
      ],
    },
    {
      title: 'no longer, when they are pending again',
      series: [
        open('failed', 'a', gauge([2, 5], [0, 30])),
        open('pending', 'a', gauge([0, 5], [2, 30])),
      ],
      checks: [{ at: 4, firing: two }, ...quietAt(5, 20)],
    },
    {
      title: 'one was given up',
      series: [open('failed', 'a', gauge([1, 30]))],
      checks: [{ at: 0, firing: [{ alert, prints: ['1'] }] }],
    },
    { title: 'no data', series: [], checks: quietAt(0, 8) },
  ];
};
