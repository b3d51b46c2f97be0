import { majorOf } from '../interface/event-version.ts';

/** Numbers of a version `major.minor.patch`. */
function numbersOf(version: string): number[] {
  return version.split('.').map(Number);
}

/** Negative when the first version is the lower one. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [numbersOf(one), numbersOf(other)];
  return a.map((number, index) => number - b[index]!).find((difference) => difference !== 0) ?? 0;
}

/** The first version of the next major. */
export function nextMajor(version: string): string {
  return `${majorOf(version) + 1}.0.0`;
}

/** The next minor version. */
export function nextMinor(version: string): string {
  const [major, minor] = numbersOf(version);
  return `${major!}.${minor! + 1}.0`;
}
