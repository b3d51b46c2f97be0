import { listOf, oneOf, type Shape, text } from '@cdk8s-event-platform/contracts/internal';
import { isRuntimePath } from '@cdk8s-event-platform/contracts/interface';
import type { ConfigurationSpecAccessControlPoliciesOperations } from '../imports/dapr.io.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** An HTTP method that an app may be called with. */
export type InvokedMethod = (typeof METHODS)[number];

/** What one app may ask another for. */
export interface InvokedOperation {
  /** HTTP methods, such as `GET`. `GET` does not include `HEAD`. */
  readonly methods: readonly InvokedMethod[];
  /**
   * Paths of the app that is called: `/routes/*` is `/routes` and one segment below it, `/routes/**` is `/routes` and
   * everything below it. Capitals make no difference. Dapr can express no other set of paths exactly.
   *
   * @see https://docs.dapr.io/operations/configuration/invoke-allowlist/
   */
  readonly path: string;
}

/** What each property must be. @internal */
export const INVOKED_OPERATION: Shape<InvokedOperation> = {
  methods: listOf(oneOf(...METHODS)),
  path: text,
};

/** A path as it is matched. */
interface Pattern {
  readonly path: string;
  /** Without the wildcard, in small letters. */
  readonly segments: readonly string[];
  /** Whether everything below is meant. */
  readonly deep: boolean;
  readonly methods: ReadonlySet<string>;
}

const PATH = /^(?:\/[A-Za-z0-9._~-]+)+\/\*\*?$/;

function patternOf({ path, methods }: InvokedOperation): Pattern {
  const segments = path.toLowerCase().split('/').slice(1, -1);
  return { path, segments, deep: path.endsWith('/**'), methods: new Set(methods) };
}

function isBelow(segments: readonly string[], prefix: readonly string[]): boolean {
  return (
    segments.length >= prefix.length && prefix.every((part, index) => segments[index] === part)
  );
}

/** Whether there is a path that both match. */
function overlap(one: Pattern, other: Pattern): boolean {
  const [upper, lower] = one.segments.length <= other.segments.length ? [one, other] : [other, one];
  return (
    isBelow(lower.segments, upper.segments) &&
    (upper.deep || lower.segments.length <= upper.segments.length + 1)
  );
}

function sameMethods(one: Pattern, other: Pattern): boolean {
  return (
    one.methods.size === other.methods.size &&
    [...one.methods].every((method) => other.methods.has(method))
  );
}

/** Operations of one path as one. */
function joined(operations: readonly InvokedOperation[]): Pattern[] {
  const byPath = new Map<string, InvokedOperation>();
  for (const { path, methods } of operations) {
    const known = byPath.get(path.toLowerCase());
    byPath.set(path.toLowerCase(), {
      path: known?.path ?? path,
      methods: [...new Set([...(known?.methods ?? []), ...methods])],
    });
  }
  return [...byPath.values()].map(patternOf);
}

function pathProblem(path: string): string | false {
  const parts = path.split('/').slice(1, -1);
  if (!PATH.test(path) || parts.includes('.') || parts.includes('..')) {
    return `path '${path}' cannot be granted: write '/routes/*' for '/routes' and one segment below it, or '/routes/**' for everything below it, since Dapr opens what is below a path that has no such end`;
  }
  return (
    isRuntimePath(`/${parts.join('/').toLowerCase()}`) &&
    `path '${path}' is one of the runtime's own, which sidecar and kubelet alone use: grant routes of the app`
  );
}

/** What is wrong with operations that are granted together. */
export function operationProblems(operations: readonly InvokedOperation[]): string[] {
  if (operations.length === 0) {
    return ["no operation is granted: list some, e.g. { methods: ['GET'], path: '/routes/*' }"];
  }
  const problems = operations.flatMap(({ methods, path }) => [
    methods.length === 0 &&
      `path '${path}' is granted without methods: list some, e.g. methods: ['GET']`,
    pathProblem(path),
  ]);
  const found = problems.filter((problem) => problem !== false);
  return found.length > 0 ? found : overlapProblems(joined(operations));
}

/** Of two operations that match the same path, Dapr looks at one alone. */
function overlapProblems(patterns: readonly Pattern[]): string[] {
  return patterns.flatMap((one, index) =>
    patterns
      .slice(index + 1)
      .filter((other) => overlap(one, other) && !sameMethods(one, other))
      .map(
        (other) =>
          `paths '${one.path}' and '${other.path}' overlap, and Dapr applies the methods of one of them alone: grant both the same methods, or separate the paths`,
      ),
  );
}

/**
 * Operations as Dapr takes them. The shorter path comes first: Dapr takes the first entry that matches a segment, and
 * would not come back to `/routes/*` from an entry for something deeper.
 *
 * @param operations without problems.
 */
export function accessOperations(
  operations: readonly InvokedOperation[],
): ConfigurationSpecAccessControlPoliciesOperations[] {
  const patterns = joined(operations);
  const isCovered = (one: Pattern) =>
    patterns.some((other) => other !== one && other.deep && isBelow(one.segments, other.segments));
  return patterns
    .filter((pattern) => !isCovered(pattern))
    .sort((a, b) => a.segments.length - b.segments.length || (a.path < b.path ? -1 : 1))
    .map(({ path, methods }) => ({
      name: path,
      httpVerb: METHODS.filter((method) => methods.has(method)),
      action: 'allow',
    }));
}
