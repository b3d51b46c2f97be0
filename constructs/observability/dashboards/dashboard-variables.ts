/** Name of the variable that says which Prometheus a dashboard asks. */
export const DATASOURCE = 'datasource';

/** A choice that a dashboard offers. */
export interface DashboardVariable {
  /** As it is written in queries, without `$`. */
  readonly name: string;
  /** Shown before the choice. */
  readonly label: string;
  /** What can be chosen: one, several, or all of them. */
  readonly values: readonly string[];
}

/**
 * `$name`, `${name}`, `${name:format}`, `${name.field}` and `[[name]]`. Not `$1`, which is what an
 * expression of `label_replace` has found.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
 */
const VARIABLE =
  /\$([a-zA-Z_]\w*)|\$\{([a-zA-Z_]\w*)(?:\.[^:}]+)?(?::[^}]+)?\}|\[\[([a-zA-Z_]\w*)(?::\w+)?\]\]/g;

/** Grafana's own variables start so. */
const BUILT_IN = '__';

/** Names of the variables that a text refers to, each once. */
export function variablesOf(text: string): string[] {
  return [
    ...new Set(
      [...text.matchAll(VARIABLE)].map(([, plain, braced, old]) => plain ?? braced ?? old!),
    ),
  ];
}

/** Variables that a text refers to and that neither Grafana nor the dashboard has. */
export function unknownVariables(text: string, known: readonly string[]): string[] {
  return variablesOf(text).filter(
    (name) => !name.startsWith(BUILT_IN) && name !== DATASOURCE && !known.includes(name),
  );
}

/** A text with values in the place of its variables; those without a value stay. */
export function withVariables(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    VARIABLE,
    (match: string, plain?: string, braced?: string, old?: string) =>
      values[plain ?? braced ?? old ?? ''] ?? match,
  );
}

/** What Grafana puts into a query for several values of a variable, or for all. */
export function severalValues(values: readonly string[]): string {
  return `(${values.map((value) => value.replaceAll(/[\\^$*+?.()|[\]{}]/g, String.raw`\\$&`)).join('|')})`;
}
