import { type AlertingRule, alertsOf, type RuleGroup } from '../rule-sets.ts';
import {
  type Check,
  type Firing,
  type InputSeries,
  minutes,
  quietAt,
  type Scenarios,
} from '../scenario.ts';
import { counter, percentage, selected, series } from '../series.ts';

/** What one step of time brings. */
interface Step {
  readonly all: number;
  readonly late: number;
}

/** One of the alerts of an objective: over a long time and a short one. */
interface Window {
  readonly alert: AlertingRule;
  readonly long: number;
  readonly short: number;
  /** Share that may be late. */
  readonly most: number;
  /** Late events below which nobody is told. */
  readonly least: number;
}

const QUERY = /ratio_rate(\w+)\{.*?\} > ([\d.]+) and .*ratio_rate(\w+)\{.*?\} > .*>= ([\d.]+)$/;

function windowOf(alert: AlertingRule): Window {
  const [, long, most, short, least] = QUERY.exec(alert.expr)!;
  return {
    alert,
    long: minutes(long!),
    short: minutes(short!),
    most: Number(most),
    least: Number(least),
  };
}

/** All and late events within the time before a minute. */
function within(flow: readonly Step[], at: number, range: number): Step {
  return flow
    .slice(Math.max(0, at - range), at)
    .reduce((sum, { all, late }) => ({ all: sum.all + all, late: sum.late + late }), {
      all: 0,
      late: 0,
    });
}

/** The alerts that have to fire: those whose share was passed over both times, by enough events. */
function firing(group: RuleGroup, flow: readonly Step[], at: number, step: number): Firing[] {
  return alertsOf(group)
    .map(windowOf)
    .flatMap(({ alert, long, short, most, least }) => {
      const over = within(flow, at / step, long / step);
      const lately = within(flow, at / step, short / step);
      const burns = over.late / over.all > most && lately.late / lately.all > most;
      return burns && over.late >= least
        ? [{ alert, prints: [percentage(over.late / over.all)] }]
        : [];
    });
}

function flowOf(...phases: readonly (readonly [Step, number])[]): Step[] {
  return phases.flatMap(([minute, count]) => Array.from({ length: count }, () => minute));
}

/** The series of the runtime, with late events that were processed or put into the quarantine. */
function runtime(
  group: RuleGroup,
  flow: readonly Step[],
  options: { readonly held?: boolean; readonly bound?: (le: string) => string } = {},
): InputSeries[] {
  const { held = false, bound = (le: string) => le } = options;
  const [recording] = group.rules;
  const le = /le=~?"([\d.]+)/.exec(recording!.expr)![1]!;
  const { job } = selected(recording!.expr, 'event_delivery_seconds_count');
  const labels = { job: job!, type: 'com.example.event' };
  const values = (of: (minute: Step) => number) =>
    counter(...flow.map((minute) => [of(minute), 1] as const));
  const consumed = (result: string, text: string) =>
    series('events_consumed_total', { ...labels, result }, text);
  return [
    series(
      'event_delivery_seconds_bucket',
      { ...labels, le: bound(le) },
      values(({ all, late }) => all - late),
    ),
    series(
      'event_delivery_seconds_count',
      labels,
      values(({ all, late }) => (held ? all - late : all)),
    ),
    consumed('quarantined', held ? values(({ late }) => late) : counter([0, flow.length])),
    consumed('parked', counter([0, flow.length])),
  ];
}

export const deliveryObjectiveAtRisk: Scenarios = (alert, group) => {
  const { long, short, most, least } = windowOf(alert);
  // The longer the time, the fewer values tell the same.
  const step = short > 60 ? 30 : short > 5 ? 5 : 1;
  // Nothing has to last: what is recorded counts at the checks alone.
  const paced = { every: short, interval: step };
  /** A check that this alert fires, or does not, whatever those over other times do. */
  const check = (flow: readonly Step[], at: number, fires: boolean, pace = step): Check => {
    const found = firing(group, flow, at, pace);
    if (found.some((one) => one.alert === alert) !== fires) {
      throw new Error(
        `${alert.labels.window!}: a scenario is not what it says after ${at} minutes`,
      );
    }
    return { at, firing: found };
  };
  const share = (late: number): Step => ({ all: 1000, late });
  const burning = share(Math.round(1000 * most) + 1);
  const well = share(0);
  const nothing = { all: 0, late: 0 };
  const steady = flowOf([burning, (long + short) / step]);
  const allowed = flowOf([share(Math.round(1000 * most) - 1), (long + short) / step]);
  const recovered = flowOf([share(2 * burning.late), long / step], [well, short / step + 1]);
  const started = flowOf([well, long / step], [burning, short / step + 1]);
  const one = flowOf([{ all: 1, late: 1 }, 1], [nothing, 30]);
  const few = (count: number) =>
    flowOf([nothing, 2], [{ all: count, late: count }, 1], [nothing, 9]);
  return [
    {
      ...paced,
      title: 'more than may be late, all the time',
      series: runtime(group, steady),
      checks: [check(steady, long, true)],
    },
    {
      ...paced,
      title: 'more than may be late goes into the quarantine',
      series: runtime(group, steady, { held: true }),
      checks: [check(steady, long, true)],
    },
    {
      ...paced,
      title: 'a bound as Prometheus 3 writes it',
      series: runtime(group, steady, { bound: (le) => (le.includes('.') ? le : `${le}.0`) }),
      checks: [check(steady, long, true)],
    },
    {
      ...paced,
      title: 'fewer than may be late',
      series: runtime(group, allowed),
      checks: [check(allowed, long, false)],
    },
    {
      ...paced,
      title: 'over for the short time',
      series: runtime(group, recovered),
      checks: [check(recovered, long, true), check(recovered, long + short, false)],
    },
    {
      ...paced,
      title: 'not for long enough',
      series: runtime(group, started),
      checks: [check(started, long + short, false)],
    },
    {
      title: 'one late event after a quiet time',
      series: runtime(group, one),
      checks: quietAt(2, 5, 20),
    },
    {
      title: 'as few as tell nothing',
      series: runtime(group, few(least - 1)),
      checks: [check(few(least - 1), 5, false, 1)],
    },
    {
      title: 'as many as tell something',
      series: runtime(group, few(least)),
      checks: [check(few(least), 5, true, 1)],
    },
    {
      title: 'nothing is delivered',
      series: runtime(group, flowOf([nothing, 12])),
      checks: quietAt(5, 10),
    },
    { title: 'no data', series: [], checks: quietAt(5) },
  ];
};
