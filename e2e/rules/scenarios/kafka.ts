import { firesFrom, pendingMinutes, quietAt, type Scenarios } from '../scenario.ts';
import { gauge, type Phase, selected, series } from '../series.ts';

export const kafkaPartitionsUnderReplicated: Scenarios = (alert) => {
  const metric = 'kafka_topic_partition_under_replicated_partition';
  const wait = pendingMinutes(alert);
  const behind = (topic: string, partition: string, ...phases: readonly Phase[]) =>
    series(metric, { ...selected(alert.expr, metric), topic, partition }, gauge(...phases));
  const well = [behind('a', '0', [0, 60]), behind('b', '0', [0, 60])];
  const firing = { alert, prints: ['2', 'a'], labels: { topic: 'a' } };
  return [
    {
      title: 'two partitions of one topic are behind',
      series: [...well.slice(1), ...['0', '1'].map((p) => behind('a', p, [0, 5], [1, 60]))],
      checks: firesFrom(5 + wait, firing),
    },
    {
      title: 'one is behind',
      series: [behind('a', '0', [1, 60])],
      checks: firesFrom(wait, { ...firing, prints: ['1', 'a'] }),
    },
    { title: 'none is behind', series: well, checks: quietAt(0, 20) },
    {
      title: 'not for long enough',
      series: [behind('a', '0', [1, wait], [0, 60])],
      checks: quietAt(wait - 1, wait, wait + 2),
    },
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};

export const kafkaPartitionsOffline: Scenarios = (alert) => {
  const metric = 'kafka_controller_kafkacontroller_offlinepartitionscount';
  const wait = pendingMinutes(alert);
  const offline = (pod: string, ...phases: readonly Phase[]) =>
    series(metric, { ...selected(alert.expr, metric), pod }, gauge(...phases));
  return [
    {
      title: 'one has no leader, as the controller that is active says',
      series: [offline('a', [0, 5], [1, 60]), offline('b', [0, 60])],
      checks: firesFrom(5 + wait, { alert, prints: ['1'] }),
    },
    { title: 'all have a leader', series: [offline('a', [0, 60])], checks: quietAt(0, 20) },
    {
      title: 'not for long enough',
      series: [offline('a', [1, wait], [0, 60])],
      checks: quietAt(wait - 1, wait, wait + 2),
    },
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};

export const kafkaControllerMissing: Scenarios = (alert) => {
  const metric = 'kafka_controller_kafkacontroller_activecontrollercount';
  const wait = pendingMinutes(alert);
  const active = (pod: string, ...phases: readonly Phase[]) =>
    series(metric, { ...selected(alert.expr, metric), pod }, gauge(...phases));
  return [
    {
      title: 'no controller is active',
      series: [active('a', [1, 5], [0, 60]), active('b', [0, 60])],
      checks: firesFrom(5 + wait, { alert, prints: ['0'] }),
    },
    {
      title: 'two are',
      series: [active('a', [1, 60]), active('b', [0, 5], [1, 60])],
      checks: firesFrom(5 + wait, { alert, prints: ['2'] }),
    },
    {
      title: 'one is',
      series: [active('a', [1, 60]), active('b', [0, 60])],
      checks: quietAt(0, 20),
    },
    {
      title: 'another becomes active in time',
      series: [active('a', [1, 5], [0, 60]), active('b', [0, 5 + wait], [1, 50])],
      checks: quietAt(5 + wait - 1, 5 + wait, 5 + wait + 2),
    },
    {
      title: 'no data: servers that are missing are an alert of their own',
      series: [],
      checks: quietAt(20),
    },
  ];
};
