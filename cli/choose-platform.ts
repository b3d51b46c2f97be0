import type { EventPlatform } from 'cdk8s-event-platform';
import { UsageError } from './command-line.ts';

/** Names that platforms can be chosen by: the environment, else the id of the platform, else both. */
function namesOf(platforms: readonly EventPlatform[]): readonly string[] {
  const environments = platforms.map(({ environment }) => environment.name);
  const ids = platforms.map(({ node }) => node.id);
  const areUnique = (names: readonly string[]) => new Set(names).size === platforms.length;
  return (
    [environments, ids].find(areUnique) ?? ids.map((id, index) => `${id}/${environments[index]!}`)
  );
}

/**
 * The platform of a name, or the only one.
 *
 * @param name environment, id of the platform, or `<id>/<environment>`.
 * @throws UsageError when no platform, or more than one, matches.
 */
export function choosePlatform(
  platforms: readonly EventPlatform[],
  name: string | undefined,
): EventPlatform {
  const wanted = platforms.filter(
    ({ environment, node }) =>
      name === undefined ||
      [environment.name, node.id, `${node.id}/${environment.name}`].includes(name),
  );
  const [platform, ...others] = wanted;
  if (platform !== undefined && others.length === 0) {
    return platform;
  }
  const found = name === undefined ? 'several environments' : `no one environment '${name}'`;
  throw new UsageError(`${found}: use one of ${namesOf(platforms).join(', ')}`);
}
