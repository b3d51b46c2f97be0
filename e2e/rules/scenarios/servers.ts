import { alertOf, firesFrom, lasting, quietAt, type Scenarios, threshold } from '../scenario.ts';
import { gauge, humanDuration, type Labels, percentage, selected, series } from '../series.ts';

const READY = 'kube_statefulset_status_replicas_ready';
const AVAILABLE = 'kubelet_volume_stats_available_bytes';
const CAPACITY = 'kubelet_volume_stats_capacity_bytes';
const EXPIRY = 'certmanager_certificate_expiration_timestamp_seconds';
/** Bytes of a volume of the scenarios: a hundredth is a whole number of twelfths. */
const BYTES = 120_000;

export const serversMissing: Scenarios = (alert) => {
  const all = threshold(alert);
  const wait = lasting(alert);
  const labels = { ...selected(alert.expr, READY), instance: 'kube-state-metrics' };
  const ready = (values: string, where: Labels = {}) => [
    series(READY, { ...labels, ...where }, values),
  ];
  return [
    {
      title: 'one is missing',
      series: ready(gauge([all, 5], [all - 1, 60])),
      checks: firesFrom(5 + wait, { alert, prints: [String(all - 1)], labels }),
    },
    { title: 'all are there', series: ready(gauge([all, 60])), checks: quietAt(0, 20) },
    {
      title: 'not for long enough',
      series: ready(gauge([all - 1, wait], [all, 60])),
      checks: quietAt(wait - 1, wait, wait + 2),
    },
    {
      title: 'servers of another StatefulSet are missing',
      series: ready(gauge([0, 60]), { statefulset: 'another' }),
      checks: quietAt(20),
    },
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};

/** Labels of the first volume that a query selects by a pattern. */
function volume(expr: string): Labels {
  const [, pattern] = /persistentvolumeclaim=~"([^"]*)"/.exec(expr)!;
  return {
    ...selected(expr, AVAILABLE),
    persistentvolumeclaim: pattern!.replace('[0-9]+', '0'),
  };
}

export const volumeFilling: Scenarios = (alert, group) => {
  const labels = volume(alert.expr);
  const wait = lasting(alert);
  const least = Number(/< ([\d.]+) and predict/.exec(alert.expr)![1]);
  const room = (share: number, growth: number) => [
    // Every five minutes, for ten hours.
    series(AVAILABLE, labels, `${Math.round(share * BYTES)}${growth < 0 ? '' : '+'}${growth}x120`),
    series(CAPACITY, labels, `${BYTES}x120`),
  ];
  const claim = labels.persistentvolumeclaim!;
  // A hundredth of it in an hour: 100 bytes every five minutes.
  const filling = room(least + 0.06, -BYTES / 1200);
  const shared = { every: 5, interval: 5 };
  return [
    {
      ...shared,
      title: 'a hundredth more is taken each hour',
      series: filling,
      checks: [
        ...quietAt(360, 360 + wait),
        {
          at: 420 + wait,
          firing: [{ alert, prints: [claim, percentage(least - 0.02)], labels }],
        },
      ],
    },
    {
      ...shared,
      title: 'most of it is free',
      series: room(least + 0.5, -BYTES / 1200),
      checks: quietAt(360, 590),
    },
    {
      ...shared,
      title: 'as much is taken as is given free',
      series: room(least / 2, 0),
      checks: quietAt(360, 590),
    },
    {
      ...shared,
      title: 'it takes more than four days',
      // 12 bytes an hour: what is left lasts for weeks.
      series: room(least - 0.01, -1),
      checks: quietAt(360, 590),
    },
    {
      ...shared,
      title: 'next to nothing is free, and nothing is taken: another alert says so',
      series: [series(AVAILABLE, labels, '5x120'), series(CAPACITY, labels, `${BYTES}x120`)],
      checks: [
        {
          at: 590,
          firing: [
            { alert: alertOf(group, 'VolumeFull'), prints: [percentage(5 / BYTES), claim], labels },
          ],
        },
      ],
    },
    {
      ...shared,
      title: 'an empty volume takes its first events',
      series: [
        series(AVAILABLE, labels, `${BYTES} ${BYTES - 3000}x119`),
        series(CAPACITY, labels, `${BYTES}x120`),
      ],
      checks: quietAt(10, 60, 120, 590),
    },
    {
      ...shared,
      title: 'not for long enough',
      series: [
        series(AVAILABLE, labels, `${Math.round((least + 0.06) * BYTES)}-100x80 ${BYTES}x60`),
        series(CAPACITY, labels, `${BYTES}x140`),
      ],
      checks: quietAt(360, 400, 405, 380 + wait, 440 + wait),
    },
    {
      ...shared,
      title: 'a volume of somebody else',
      series: filling.map((one) => ({ ...one, series: one.series.replace(claim, 'data-other-0') })),
      checks: quietAt(360, 590),
    },
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};

export const volumeFull: Scenarios = (alert) => {
  const labels = volume(alert.expr);
  const least = threshold(alert);
  const wait = lasting(alert);
  const free = (...phases: readonly (readonly [number, number])[]) => [
    series(
      AVAILABLE,
      labels,
      gauge(...phases.map(([share, samples]) => [Math.round(share * BYTES), samples] as const)),
    ),
    series(CAPACITY, labels, gauge([BYTES, 60])),
  ];
  const firing = {
    alert,
    prints: [percentage(least - 0.001), labels.persistentvolumeclaim!],
    labels,
  };
  return [
    {
      title: 'a thousandth less than has to be free',
      series: free([least - 0.001, 60]),
      checks: firesFrom(wait, firing),
    },
    {
      title: 'a thousandth more than has to be free',
      series: free([least + 0.001, 60]),
      checks: quietAt(0, 20),
    },
    {
      title: 'not for long enough',
      series: free([least - 0.001, wait], [least + 0.1, 55]),
      checks: quietAt(wait - 1, wait, wait + 2),
    },
    { title: 'no data', series: [], checks: quietAt(20) },
  ];
};

export const certificateExpiring: Scenarios = (alert, group) => {
  const wait = lasting(alert);
  const [, days] = /< (\d+) \* 24 \* 3600$/.exec(alert.expr)!;
  const [, names] = /name=~"([^"]*)"/.exec(alert.expr)!;
  const { exported_namespace: namespace } = selected(alert.expr, EXPIRY);
  const end = Number(days) * 86_400;
  const from = 1 + wait;
  return names!.split('|').flatMap((name) => {
    const where = [
      { name, exported_namespace: namespace!, namespace: 'cert-manager' },
      { name, namespace: namespace! },
    ];
    const firing = (labels: Labels, text: string) => ({
      alert: alertOf(group, alert.alert),
      prints: [name, text],
      labels,
    });
    const expires = (labels: Labels, at: number) => [series(EXPIRY, labels, gauge([at, 60]))];
    return [
      // Time starts at 0.
      ...where.map((labels) => ({
        title: `${name} is a minute too old (${Object.keys(labels).join(', ')})`,
        series: expires(labels, end),
        checks: firesFrom(from, firing(labels, `ends in ${humanDuration(end - from * 60)}`)),
      })),
      {
        title: `${name} was never issued, or has ended`,
        series: expires(where[1]!, 0),
        checks: firesFrom(wait, firing(where[1]!, 'has ended, or was never issued')),
      },
      {
        title: `${name} has a day more`,
        series: expires(where[1]!, end + 86_400),
        checks: quietAt(0, 20),
      },
      {
        title: `${name} is renewed in time`,
        series: [series(EXPIRY, where[1]!, gauge([end, wait], [end * 10, 40]))],
        checks: quietAt(wait - 1, wait, from, from + 2),
      },
      {
        title: `another than ${name} ends`,
        series: expires({ ...where[1]!, name: `${name}-2` }, 60),
        checks: quietAt(20),
      },
      { title: 'no data', series: [], checks: quietAt(20) },
    ];
  });
};
