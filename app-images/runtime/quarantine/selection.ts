/** Selects events of the quarantine that meet all conditions. */
export interface Selection {
  readonly id?: string | undefined;
  readonly consumer?: string | undefined;
  readonly topic?: string | undefined;
  readonly type?: string | undefined;
  readonly key?: string | undefined;
  readonly reason?: string | undefined;
  /** Part of the cause. */
  readonly cause?: string | undefined;
  /** Quarantined at this time or later. */
  readonly since?: Date | undefined;
  /** Quarantined before this time. */
  readonly until?: Date | undefined;
}

/** A condition of SQL with its values. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly unknown[];
}

const COLUMNS = ['id', 'consumer', 'topic', 'type', 'key', 'reason'] as const;

/** The condition of a selection, on rows that are neither discarded nor being replayed. */
export function conditionOf(selection: Selection): Condition {
  const values: unknown[] = [];
  const parts = [`status = 'held'`];
  const add = (sql: (parameter: string) => string, value: unknown): void => {
    if (value !== undefined) {
      parts.push(sql(`$${values.push(value)}`));
    }
  };
  for (const name of COLUMNS) {
    const column = name === 'type' ? 'event_type' : name;
    add((parameter) => `${column} = ${parameter}`, selection[name]);
  }
  add((parameter) => `strpos(cause, ${parameter}) > 0`, selection.cause);
  add((parameter) => `quarantined_at >= ${parameter}`, selection.since);
  add((parameter) => `quarantined_at < ${parameter}`, selection.until);
  return { sql: parts.join(' AND '), values };
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses a time such as `2026-11-21T10:00:00Z`, or a time ago: `30m`, `2h`, `7d`. @throws Error for others. */
export function parseTime(name: string, text: string, now = Date.now()): Date {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const time = unit === undefined ? new Date(text) : new Date(now - Number(count) * UNITS[unit]!);
  if (Number.isNaN(time.getTime())) {
    throw new Error(
      `--${name} '${text}' is not a time: use e.g. 2026-11-21T10:00:00Z, or 30m, 2h, 7d for a time ago`,
    );
  }
  return time;
}
