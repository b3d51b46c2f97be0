import { type AlertingRule, alertsOf, type RuleGroup } from './rule-sets.ts';

/** A series as `promtool` writes it. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** An alert that must fire, and what it must say. */
export interface Firing {
  readonly alert: AlertingRule;
  /** What the templates of the summary print, in their order. */
  readonly prints: readonly string[];
  /** Labels that come from the series. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The alerts that must fire at a time. Every other alert of the group must be quiet. */
export interface Check {
  /** Minutes from the start. */
  readonly at: number;
  readonly firing: readonly Firing[];
}

/** Series over time, and the alerts of the group that they must fire. */
export interface Scenario {
  readonly title: string;
  /** Minutes between two evaluations. @default 1 */
  readonly every?: number;
  /** Minutes between two values of a series. @default 1 */
  readonly interval?: number;
  readonly series: readonly InputSeries[];
  readonly checks: readonly Check[];
}

/** The scenarios of one alert, made from what is rendered of it. */
export type Scenarios = (alert: AlertingRule, group: RuleGroup) => readonly Scenario[];

/** Templates of a summary, one for each thing that it prints. */
const TEMPLATE = /\{\{ if .*?\{\{ end \}\}|\{\{.*?\}\}/g;

/** A text with its templates replaced. @throws Error when it has more or fewer. */
export function printed(text: string, prints: readonly string[]): string {
  const rest = [...prints];
  const result = text.replaceAll(TEMPLATE, () => rest.shift() ?? '<nothing>');
  if (rest.length > 0) {
    throw new Error(`'${text}' prints less than ${prints.length} values`);
  }
  return result;
}

/**
 * The one alert of a name in a group.
 *
 * @param topic that it is about, where the group has one for each. @default - it has one
 * @throws Error when it is not just one.
 */
export function alertOf(group: RuleGroup, name: string, topic?: string): AlertingRule {
  const found = alertsOf(group).filter(
    ({ alert, labels }) => alert === name && (topic === undefined || labels.topic === topic),
  );
  const [alert] = found;
  if (alert === undefined || found.length > 1) {
    throw new Error(`the group ${group.name} has ${found.length} alerts ${name}, not one`);
  }
  return alert;
}

const MINUTES: Readonly<Record<string, number>> = { s: 1 / 60, m: 1, h: 60, d: 1440 };

/** Minutes of a duration such as `5m`. */
export function minutes(duration: string): number {
  const [, length, unit] = /^(\d+)([smhd])$/.exec(duration)!;
  return Number(length) * MINUTES[unit!]!;
}

/** Pending time of an alert: minutes for which its query must hold before it fires. */
export function pendingMinutes(alert: AlertingRule): number {
  return alert.for === undefined ? 0 : minutes(alert.for);
}

/** The number of minutes in which an alert is to fire at `from`, and in the minute before to be quiet. */
export function firesFrom(from: number, firing: Firing): Check[] {
  return [
    { at: from - 1, firing: [] },
    { at: from, firing: [firing] },
  ];
}

/** Checks that nothing fires at these minutes. */
export function quietAt(...times: readonly number[]): Check[] {
  return times.map((at) => ({ at, firing: [] }));
}

/** What an alert compares with at the end of its query. */
export function threshold({ expr }: AlertingRule): number {
  return Number(/[<>=] ([\d.]+)$/.exec(expr)![1]);
}
