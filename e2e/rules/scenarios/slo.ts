import { type AlertingRule, alertsOf, type RuleGroup } from '../rule-sets.ts';
import {
  type Check,
  type Firing,
  type InputSeries,
  minutes,
  quietAt,
  type Scenario,
  type Scenarios,
} from '../scenario.ts';
import { counter, percentage, selected, series } from '../series.ts';

/** Events of one step of time. */
interface Step {
  readonly all: number;
  readonly late: number;
}

/** One alert of an SLO: over a long window and a short one, both in minutes. */
interface BurnRateAlert {
  readonly alert: AlertingRule;
  readonly long: number;
  readonly short: number;
  /** Ratio of late events above which it fires. */
  readonly maxRatio: number;
  /** Late events below which it stays quiet. */
  readonly minLate: number;
}

const QUERY = /ratio_rate(\w+)\{.*?\} > ([\d.]+) and .*ratio_rate(\w+)\{.*?\} > .*>= ([\d.]+)$/;

function burnRateOf(alert: AlertingRule): BurnRateAlert {
  const [, long, maxRatio, short, minLate] = QUERY.exec(alert.expr)!;
  return {
    alert,
    long: minutes(long!),
    short: minutes(short!),
    maxRatio: Number(maxRatio),
    minLate: Number(minLate),
  };
}

/** Sums the steps of a range that ends at `at`. */
function within(flow: readonly Step[], at: number, range: number): Step {
  return flow
    .slice(Math.max(0, at - range), at)
    .reduce((sum, { all, late }) => ({ all: sum.all + all, late: sum.late + late }), {
      all: 0,
      late: 0,
    });
}

/** The alerts that must fire: the ratio is too high in both windows, and enough events are late. */
function firing(group: RuleGroup, flow: readonly Step[], at: number, step: number): Firing[] {
  return alertsOf(group)
    .map(burnRateOf)
    .flatMap(({ alert, long, short, maxRatio, minLate }) => {
      const over = within(flow, at / step, long / step);
      const lately = within(flow, at / step, short / step);
      const burns = over.late / over.all > maxRatio && lately.late / lately.all > maxRatio;
      return burns && over.late >= minLate
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
  options: { readonly quarantined?: boolean; readonly bound?: (le: string) => string } = {},
): InputSeries[] {
  const { quarantined = false, bound = (le: string) => le } = options;
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
      values(({ all, late }) => (quarantined ? all - late : all)),
    ),
    consumed('quarantined', quarantined ? values(({ late }) => late) : counter([0, flow.length])),
    consumed('parked', counter([0, flow.length])),
  ];
}

/** A check that this alert fires, or does not, whatever the alerts of other windows do. */
function checkAt(
  { alert }: BurnRateAlert,
  group: RuleGroup,
  flow: readonly Step[],
  step: number,
): (at: number, fires: boolean) => Check {
  return (at, fires) => {
    const found = firing(group, flow, at, step);
    if (found.some((one) => one.alert === alert) !== fires) {
      throw new Error(
        `${alert.labels.window!}: a scenario is not what it says after ${at} minutes`,
      );
    }
    return { at, firing: found };
  };
}

const NOTHING: Step = { all: 0, late: 0 };
const late = (count: number): Step => ({ all: 1000, late: count });

/** Many events, with ratios of late ones around the threshold. */
function lateRatios(burnRate: BurnRateAlert, group: RuleGroup): Scenario[] {
  const { long, short, maxRatio } = burnRate;
  // The longer the window, the fewer values say the same.
  const step = short > 60 ? 30 : short > 5 ? 5 : 1;
  const scenario = (
    title: string,
    flow: readonly Step[],
    checks: readonly (readonly [at: number, fires: boolean])[],
    options: Parameters<typeof runtime>[2] = {},
  ): Scenario => {
    const check = checkAt(burnRate, group, flow, step);
    return {
      // The alert has no pending time: what is recorded counts at the checks alone.
      every: short,
      interval: step,
      title,
      series: runtime(group, flow, options),
      checks: checks.map(([at, fires]) => check(at, fires)),
    };
  };
  const burning = late(Math.round(1000 * maxRatio) + 1);
  const steady = flowOf([burning, (long + short) / step]);
  const allowed = flowOf([late(Math.round(1000 * maxRatio) - 1), (long + short) / step]);
  const recovered = flowOf([late(2 * burning.late), long / step], [late(0), short / step + 1]);
  const started = flowOf([late(0), long / step], [burning, short / step + 1]);
  return [
    scenario('more events are late than allowed, all the time', steady, [[long, true]]),
    scenario('more events than allowed go into the quarantine', steady, [[long, true]], {
      quarantined: true,
    }),
    scenario('a bound as Prometheus 3 writes it', steady, [[long, true]], {
      bound: (le) => (le.includes('.') ? le : `${le}.0`),
    }),
    scenario('fewer events are late than allowed', allowed, [[long, false]]),
    scenario('over for the short window', recovered, [
      [long, true],
      [long + short, false],
    ]),
    scenario('not for long enough', started, [[long + short, false]]),
  ];
}

/** So few events that a ratio says little. */
function fewEvents(burnRate: BurnRateAlert, group: RuleGroup): Scenario[] {
  const { minLate } = burnRate;
  const one = flowOf([{ all: 1, late: 1 }, 1], [NOTHING, 30]);
  const lateAtOnce = (title: string, count: number, fires: boolean): Scenario => {
    const flow = flowOf([NOTHING, 2], [{ all: count, late: count }, 1], [NOTHING, 9]);
    return {
      title,
      series: runtime(group, flow),
      checks: [checkAt(burnRate, group, flow, 1)(5, fires)],
    };
  };
  return [
    {
      title: 'one late event after a quiet time',
      series: runtime(group, one),
      checks: quietAt(2, 5, 20),
    },
    lateAtOnce('one late event fewer than the minimum', minLate - 1, false),
    lateAtOnce('as many late events as the minimum', minLate, true),
    {
      title: 'nothing is delivered',
      series: runtime(group, flowOf([NOTHING, 12])),
      checks: quietAt(5, 10),
    },
    { title: 'no data', series: [], checks: quietAt(5) },
  ];
}

export const deliverySloAtRisk: Scenarios = (alert, group) => {
  const burnRate = burnRateOf(alert);
  return [...lateRatios(burnRate, group), ...fewEvents(burnRate, group)];
};
