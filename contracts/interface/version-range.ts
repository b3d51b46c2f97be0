/** Minor versions that something works with, both ends included. */
export interface VersionRange {
  /** Oldest, e.g. `1.17`. */
  readonly min: string;
  /** Newest, e.g. `1.18`. */
  readonly max: string;
}

/**
 * Minor versions of Dapr that images and manifests work with. Older sidecars do not know the stable path
 * for publishing in bulk; newer ones have not been tried.
 */
export const SUPPORTED_DAPR = { min: '1.17', max: '1.18' } as const satisfies VersionRange;

/** The first two numbers of a version such as `v1.18.3`. Undefined for an invalid version. */
function minor(version: string): readonly [number, number] | undefined {
  const [, first, second] = /^v?(\d+)\.(\d+)(?![\d])/.exec(version) ?? [];
  return second === undefined ? undefined : [Number(first), Number(second)];
}

function isBefore(one: string, other: string): boolean {
  const [a, b] = [minor(one)!, minor(other)!];
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

/**
 * How a version relates to a range; what does not begin with two numbers, such as `edge`, is unknown.
 *
 * @example
 * compareToRange('1.16.5', { min: '1.17', max: '1.18' }); // 'older'
 */
export function compareToRange(
  version: string,
  { min, max }: VersionRange,
): 'older' | 'within' | 'newer' | 'unknown' {
  if (minor(version) === undefined) {
    return 'unknown';
  }
  return isBefore(version, min) ? 'older' : isBefore(max, version) ? 'newer' : 'within';
}
