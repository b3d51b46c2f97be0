import type { AlertingRule, RuleGroup } from '../rule-sets.ts';
import {
  alertOf,
  type Check,
  firesFrom,
  type InputSeries,
  pendingMinutes,
  quietAt,
  type Scenario,
  type Scenarios,
  threshold,
} from '../scenario.ts';
import { gauge, type Labels, percentage, selected, series } from '../series.ts';

const AVAILABLE = 'kubelet_volume_stats_available_bytes';
const CAPACITY = 'kubelet_volume_stats_capacity_bytes';
/** Bytes of a volume of the scenarios: a hundredth is a whole number of twelfths. */
const BYTES = 120_000;
/** Bytes in five minutes that make a hundredth of a volume in an hour. */
const HUNDREDTH_PER_HOUR = BYTES / 1200;

/** Labels of the first volume that a query selects by a pattern. */
function volume(expr: string): Labels {
  const [, pattern] = /persistentvolumeclaim=~"([^"]*)"/.exec(expr)!;
  return {
    ...selected(expr, AVAILABLE),
    persistentvolumeclaim: pattern!.replace('[0-9]+', '0'),
  };
}

/** A value every five minutes, for ten hours. */
function volumeScenario(
  title: string,
  available: InputSeries,
  labels: Labels,
  checks: Check[],
): Scenario {
  return {
    every: 5,
    interval: 5,
    title,
    series: [available, series(CAPACITY, labels, `${BYTES}x140`)],
    checks,
  };
}

/** Free bytes of a volume that starts at a ratio and changes by a number of bytes in five minutes. */
function availableBytes(labels: Labels, ratio: number, growth: number): InputSeries {
  const start = Math.round(ratio * BYTES);
  return series(AVAILABLE, labels, `${start}${growth < 0 ? '' : '+'}${growth}x120`);
}

/** The volume fills up. */
function filling(alert: AlertingRule, labels: Labels, minFree: number): Scenario[] {
  const wait = pendingMinutes(alert);
  const claim = labels.persistentvolumeclaim!;
  const start = minFree + 0.06;
  const other = { ...labels, persistentvolumeclaim: 'data-other-0' };
  return [
    volumeScenario(
      'a hundredth more is taken each hour',
      availableBytes(labels, start, -HUNDREDTH_PER_HOUR),
      labels,
      [
        ...quietAt(360, 360 + wait),
        {
          at: 420 + wait,
          firing: [{ alert, prints: [claim, percentage(minFree - 0.02)], labels }],
        },
      ],
    ),
    volumeScenario(
      'not for long enough',
      series(
        AVAILABLE,
        labels,
        `${Math.round(start * BYTES)}-${HUNDREDTH_PER_HOUR}x80 ${BYTES}x60`,
      ),
      labels,
      quietAt(360, 400, 405, 380 + wait, 440 + wait),
    ),
    volumeScenario(
      'a volume of another workload',
      availableBytes(other, start, -HUNDREDTH_PER_HOUR),
      other,
      quietAt(360, 590),
    ),
  ];
}

/** The volume does not fill up, or not soon, or another alert says that it is full. */
function notFilling(group: RuleGroup, labels: Labels, minFree: number): Scenario[] {
  const quiet = (title: string, ratio: number, growth: number) =>
    volumeScenario(title, availableBytes(labels, ratio, growth), labels, quietAt(360, 590));
  const full = {
    alert: alertOf(group, 'VolumeFull'),
    prints: [percentage(5 / BYTES), labels.persistentvolumeclaim!],
    labels,
  };
  return [
    quiet('most of it is free', minFree + 0.5, -HUNDREDTH_PER_HOUR),
    quiet('as much is taken as is freed', minFree / 2, 0),
    // 12 bytes an hour: what is left lasts for weeks.
    quiet('it takes more than four days', minFree - 0.01, -1),
    volumeScenario(
      'almost nothing is free, and nothing is taken: another alert says so',
      series(AVAILABLE, labels, '5x120'),
      labels,
      [{ at: 590, firing: [full] }],
    ),
    volumeScenario(
      'an empty volume takes its first events',
      series(AVAILABLE, labels, `${BYTES} ${BYTES - 3000}x119`),
      labels,
      quietAt(10, 60, 120, 590),
    ),
  ];
}

export const volumeFilling: Scenarios = (alert, group) => {
  const labels = volume(alert.expr);
  const minFree = Number(/< ([\d.]+) and predict/.exec(alert.expr)![1]);
  return [
    ...filling(alert, labels, minFree),
    ...notFilling(group, labels, minFree),
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};

export const volumeFull: Scenarios = (alert) => {
  const labels = volume(alert.expr);
  const minFree = threshold(alert);
  const wait = pendingMinutes(alert);
  const free = (...phases: readonly (readonly [number, number])[]) => [
    series(
      AVAILABLE,
      labels,
      gauge(...phases.map(([ratio, samples]) => [Math.round(ratio * BYTES), samples] as const)),
    ),
    series(CAPACITY, labels, gauge([BYTES, 60])),
  ];
  const firing = {
    alert,
    prints: [percentage(minFree - 0.001), labels.persistentvolumeclaim!],
    labels,
  };
  return [
    {
      title: 'a thousandth too little is free',
      series: free([minFree - 0.001, 60]),
      checks: firesFrom(wait, firing),
    },
    {
      title: 'a thousandth more than the minimum is free',
      series: free([minFree + 0.001, 60]),
      checks: quietAt(0, 20),
    },
    {
      title: 'not for long enough',
      series: free([minFree - 0.001, wait], [minFree + 0.1, 55]),
      checks: quietAt(wait - 1, wait, wait + 2),
    },
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};
