import {
  alertOf,
  firesFrom,
  pendingMinutes,
  quietAt,
  type Scenarios,
  threshold,
} from '../scenario.ts';
import { gauge, humanDuration, type Labels, selected, series } from '../series.ts';

const READY = 'kube_statefulset_status_replicas_ready';
const EXPIRY = 'certmanager_certificate_expiration_timestamp_seconds';

export const serversMissing: Scenarios = (alert) => {
  const all = threshold(alert);
  const wait = pendingMinutes(alert);
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

export const certificateExpiring: Scenarios = (alert, group) => {
  const wait = pendingMinutes(alert);
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
