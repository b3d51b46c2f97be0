import { withCode } from './error-codes.ts';

/** Oldest Node that the packages run on, as `engines` of their package.json says. */
export const MIN_NODE = '22.15.0';

/**
 * What is wrong with a version of Node; undefined when it is {@link MIN_NODE} or newer.
 *
 * @example
 * nodeProblem('20.1.0'); // 'cdk8s-event-platform needs Node 22.15.0 or newer, …'
 */
export function nodeProblem(version: string): string | undefined {
  const [major, minor] = version.split('.').map(Number) as [number, number];
  const [minMajor, minMinor] = MIN_NODE.split('.').map(Number) as [number, number];
  return major > minMajor || (major === minMajor && minor >= minMinor)
    ? undefined
    : `cdk8s-event-platform needs Node ${MIN_NODE} or newer, and this is ${version}: install a newer Node`;
}

const problem = nodeProblem(process.versions.node);
if (problem !== undefined) {
  throw new Error(withCode('EP1005', problem));
}
