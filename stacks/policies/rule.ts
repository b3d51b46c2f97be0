/** A resource as a rule sees it: what was asked for, before it is made. */
export interface CheckedResource {
  /** Type of Pulumi, e.g. `aws:rds/instance:Instance`. */
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** One rule that resources have to keep. */
export interface Rule {
  /** Name among all rules, in kebab-case. */
  readonly name: string;
  /** What the rule demands; part of the message when it is broken. */
  readonly description: string;
  /** What is wrong with a resource, each with its remedy. Nothing for what the rule does not concern. */
  readonly check: (resource: CheckedResource) => string[];
}

/** Looks below values of unknown shape: undefined where there is nothing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null
        ? (found as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}

/** The items of a value of unknown shape: none where it is no list. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Checks for some types: what has to hold of a resource, and what to say where it does not. */
export type Requirements = Readonly<
  Record<string, readonly (readonly [(props: CheckedResource['props']) => boolean, string])[]>
>;

/** A check of requirements by type. */
export function requiring(requirements: Requirements): Rule['check'] {
  return ({ type, props }) =>
    (requirements[type] ?? []).flatMap(([holds, finding]) => (holds(props) ? [] : [finding]));
}
