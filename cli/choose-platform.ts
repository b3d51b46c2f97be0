import type { EventPlatform } from 'cdk8s-event-platform';
import { UsageError } from './command-line.ts';

/** The platform of a name, or the only one. @throws UsageError when no platform, or more than one, matches. */
export function choosePlatform(
  platforms: readonly EventPlatform[],
  name: string | undefined,
): EventPlatform {
  const wanted = platforms.filter(
    ({ environment, node }) => name === undefined || environment.name === name || node.id === name,
  );
  const [platform, ...others] = wanted;
  if (platform !== undefined && others.length === 0) {
    return platform;
  }
  const environments = platforms.map(({ environment }) => environment.name);
  const names =
    new Set(environments).size === platforms.length
      ? environments
      : platforms.map(({ node }) => node.id);
  const found = name === undefined ? 'several environments' : `no one environment '${name}'`;
  throw new UsageError(`${found}: use one of ${names.join(', ')}`);
}
