import { firesFrom, pendingMinutes, quietAt, type Scenarios, threshold } from '../scenario.ts';
import { counter, gauge, humanDuration, selected, series } from '../series.ts';

export const outboxStuck: Scenarios = (alert) => {
  const labels = selected(alert.expr, 'outbox_age_seconds');
  const max = threshold(alert);
  const wait = pendingMinutes(alert);
  const age = (pod: string, values: string) =>
    series('outbox_age_seconds', { ...labels, pod }, values);
  return [
    {
      title: 'an event has waited for a second too long, as one of two pods says',
      series: [age('a', gauge([0, 5], [max + 1, 30])), age('b', gauge([0, 30]))],
      checks: firesFrom(5 + wait, { alert, prints: [humanDuration(max + 1)] }),
    },
    {
      title: 'an event has waited for as long as it may',
      series: [age('a', gauge([max, 30]))],
      checks: quietAt(0, 8),
    },
    {
      title: 'not for long enough',
      series: [age('a', gauge([0, 5], [max + 1, wait], [0, 30]))],
      checks: quietAt(5 + wait - 1, 5 + wait, 5 + wait + 2),
    },
    { title: 'no data', series: [], checks: quietAt(0, 8) },
  ];
};

export const outboxEventsSetAside: Scenarios = (alert) => {
  const labels = selected(alert.expr, 'outbox_set_aside_events');
  const wait = pendingMinutes(alert);
  const setAside = (pod: string, values: string) =>
    series('outbox_set_aside_events', { ...labels, pod }, values);
  return [
    {
      title: 'two are set aside, as both pods say',
      series: ['a', 'b'].map((pod) => setAside(pod, gauge([0, 3], [2, 30]))),
      checks: firesFrom(3 + wait, { alert, prints: ['2'] }),
    },
    { title: 'none is', series: [setAside('a', gauge([0, 30]))], checks: quietAt(0, 8) },
    {
      title: 'no longer',
      series: [setAside('a', gauge([1, 5], [0, 30]))],
      checks: quietAt(5, 6, 12),
    },
    { title: 'no data', series: [], checks: quietAt(0, 8) },
  ];
};

export const publishErrors: Scenarios = (alert) => {
  const wait = pendingMinutes(alert);
  const from = 1 + wait;
  const topic = 'task-created';
  const requests = (metric: string, success: string, values: string) =>
    series(metric, { ...selected(alert.expr, metric), topic, success }, values);
  const failing = (metric: string) => ({
    title: `${metric} fails each minute`,
    series: [requests(metric, 'false', counter([1, 60]))],
    // Five samples' growth is in five minutes.
    checks: firesFrom(from, { alert, prints: ['5', topic], labels: { topic } }),
  });
  const single = 'dapr_component_pubsub_egress_count';
  const bulk = 'dapr_component_pubsub_egress_bulk_count';
  return [
    failing(single),
    failing(bulk),
    ...[single, bulk].map((metric) => ({
      title: `${metric} fails once`,
      series: [requests(metric, 'false', counter([0, 10], [1, 1], [0, 49]))],
      checks: quietAt(11, 12, 15, 16, 17, 22),
    })),
    {
      title: 'everything is published',
      series: [single, bulk].map((metric) => requests(metric, 'true', counter([100, 60]))),
      checks: quietAt(from, 12),
    },
    {
      title: 'it failed long ago',
      series: [single, bulk].map((metric) => requests(metric, 'false', gauge([7, 60]))),
      checks: quietAt(from, 12),
    },
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};
