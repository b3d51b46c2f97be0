/** Something that a writer may write and a reader does not accept. */
export interface Incompatibility {
  /** The value, e.g. `$.lines[*].amount`. */
  readonly path: string;
  /** What it may be, and what is accepted, e.g. `may have 200 characters, and at most 100 are accepted`. */
  readonly problem: string;
}

/** Most values that are listed. */
const MAX_LISTED = 5;

/** Something about the value itself. */
export function about(problem: string): Incompatibility[] {
  return [{ path: '', problem }];
}

/** What was found about a part of a value. */
export function below(path: string, found: readonly Incompatibility[]): Incompatibility[] {
  return found.map((each) => ({ ...each, path: path + each.path }));
}

/** A property in a path. */
export function property(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** A value in a message. */
export function quoted(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

/** Values in a message. */
export function either(values: readonly unknown[]): string {
  const rest = values.length - MAX_LISTED;
  return [...values.slice(0, MAX_LISTED).map(quoted), ...(rest > 0 ? [`${rest} more`] : [])].join(
    ', ',
  );
}
