/** Says what is wrong with a value; nothing where it is right. `what` names the value. */
export type Check = (what: string, value: unknown) => readonly string[];

/** A check of a property that may be left out. */
export type OptionalCheck = Check & { readonly optional: true };

/** A check of each property of an object, by its name. A property that has none is unknown. */
export type Shape<Props> = {
  readonly [Name in keyof Props]-?: undefined extends Props[Name] ? OptionalCheck : Check;
};

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return `'${value}'`;
  }
  if (typeof value === 'function') {
    return `function ${value.name}`;
  }
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  if (Array.isArray(value)) {
    return `a list of ${value.length}`;
  }
  const { constructor } = value as { readonly constructor?: unknown };
  const name = typeof constructor === 'function' ? constructor.name : 'Object';
  return name === 'Object' ? `an object with ${Object.keys(value).join(', ') || 'nothing'}` : name;
}

/**
 * A check by a condition.
 *
 * @param message what is wrong, and the remedy, e.g. `must be at least 1`.
 */
export function must(holds: (value: unknown) => boolean, message: string): Check {
  return (what, value) => (holds(value) ? [] : [`${what} (${shown(value)}) ${message}`]);
}

/** The value may be left out. */
export function optional(check: Check): OptionalCheck {
  const unlessLeftOut: Check = (what, value) => (value === undefined ? [] : check(what, value));
  return Object.assign(unlessLeftOut, { optional: true as const });
}

/** Text. */
export const text: Check = must((value) => typeof value === 'string', 'must be a string');

/** True or false. */
export const flag: Check = must((value) => typeof value === 'boolean', 'must be true or false');

/** A number from `min` to `max`. */
export function number(min = -Infinity, max = Infinity): Check {
  return must(
    (value) => typeof value === 'number' && (min === -Infinity || value >= min) && !(value > max),
    min === -Infinity && max === Infinity
      ? 'must be a number'
      : max === Infinity
        ? `must be a number of at least ${min}`
        : `must be a number from ${min} to ${max}`,
  );
}

/** A whole number from `min` to `max`. */
export function whole(
  min: number,
  max = Infinity,
  message = max === Infinity
    ? `must be a whole number of at least ${min}`
    : `must be a whole number from ${min} to ${max}`,
): Check {
  return must(
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
    message,
  );
}

/** One of some values. */
export function oneOf(...values: readonly unknown[]): Check {
  return must((value) => values.includes(value), `must be ${values.map(shown).join(' or ')}`);
}

/**
 * An object with some methods or properties, whatever its class is: it may come from another copy of
 * the package.
 *
 * @param kind what has them, with its article, e.g. `a Duration such as Duration.seconds(30)`.
 */
export function having(kind: string, ...members: readonly string[]): Check {
  return must(
    (value) =>
      typeof value === 'object' && value !== null && members.every((member) => member in value),
    `must be ${kind}`,
  );
}

/** A duration of cdk8s. */
export const duration: Check = having(
  'a Duration, e.g. Duration.seconds(30)',
  'toMilliseconds',
  'toHumanString',
);

/** A size of cdk8s. */
export const size: Check = having('a Size, e.g. Size.mebibytes(128)', 'toMebibytes', 'toKibibytes');

/** A list whose items pass a check. */
export function listOf(check: Check): Check {
  return (what, value) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => check(`${what}[${index}]`, item))
      : [`${what} (${shown(value)}) must be a list`];
}

/** An object whose values pass a check, by whatever names. */
export function mapOf(check: Check): Check {
  return (what, value) =>
    isObject(value)
      ? Object.entries(value).flatMap(([name, item]) => check(`${what}.${name}`, item))
      : [`${what} (${shown(value)}) must be an object`];
}

/** What passes one check, or another. The last one says what is wrong. */
export function either(...checks: readonly Check[]): Check {
  return (what, value) => {
    const found = checks.map((check) => check(what, value));
    return found.some(({ length }) => length === 0) ? [] : found.at(-1)!;
  };
}

/** An object with just the properties of a shape. */
export function shaped<Props>(shape: Shape<Props>): Check {
  return (what, value) =>
    isObject(value)
      ? shapeProblems(value, shape, `${what}.`)
      : [`${what} (${shown(value)}) must be an object with ${Object.keys(shape).join(', ')}`];
}

/**
 * What is wrong with the properties of an object: those that are missing or have a wrong value, and
 * those that nothing is known of.
 *
 * @param prefix what names of properties are written behind.
 */
export function shapeProblems<Props>(
  props: unknown,
  shape: Shape<Props>,
  prefix = '',
): readonly string[] {
  if (!isObject(props)) {
    return [`properties (${shown(props)}) must be an object with ${Object.keys(shape).join(', ')}`];
  }
  const known = Object.entries<Check>(shape);
  return [
    ...Object.keys(props)
      .filter((name) => props[name] !== undefined && !Object.hasOwn(shape, name))
      .map((name) => `'${prefix}${name}' is not known: ${remedy(name, Object.keys(shape))}`),
    ...known.flatMap(([name, check]) =>
      props[name] === undefined && !('optional' in check)
        ? [
            `'${prefix}${name}' is missing: ${check('it', undefined)
              .join('; ')
              .replace(/^it \(?undefined\)? /, 'it ')}`,
          ]
        : check(`${prefix}${name}`, props[name]),
    ),
  ];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function remedy(name: string, known: readonly string[]): string {
  const [nearest] = known
    .map((candidate) => ({ candidate, edits: editDistance(name, candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, candidate.length / 3))
    .sort((a, b) => a.edits - b.edits);
  return nearest === undefined ? `use ${known.join(', ')}` : `did you mean '${nearest.candidate}'?`;
}

/** Letters to insert, remove or replace between two words, case aside. */
function editDistance(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
