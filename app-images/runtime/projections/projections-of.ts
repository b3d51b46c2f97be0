import type { AppManifest, ProjectionContract } from '@cdk8s-event-platform/contracts';
import { shown, withCode } from '@cdk8s-event-platform/contracts/internal';
import type { ProjectionPart } from './projection.ts';

function nameOf({ name, version }: ProjectionContract): string {
  return `${name} version ${version}`;
}

/**
 * Joins the projections of a manifest and what builds them.
 *
 * @throws Error when a projection is not built or is built twice, or one that the manifest does not list, or from streams that it does not list.
 */
export function projectionsOf(
  { appId, projections = [], streams = [] }: AppManifest,
  parts: readonly ProjectionPart[] = [],
): readonly ProjectionPart[] {
  const listed = projections.map(nameOf);
  const built = parts.map(({ contract }) => nameOf(contract));
  const kept = new Set(streams.map(({ name }) => name));
  const problems = [
    ...listed
      .filter((name) => !built.includes(name))
      .map(
        (name) =>
          `nothing builds the projection ${name}: give projection(…) under 'projections', or take it from the manifest`,
      ),
    ...built
      .filter((name) => !listed.includes(name))
      .map(
        (name) =>
          `the projection ${name} is built and not declared: add it to the manifest's 'projections'`,
      ),
    ...built
      .filter((name, index) => built.indexOf(name) < index)
      .map((name) => `the projection ${name} is built twice: keep one`),
    ...parts
      .filter(({ store }) => !kept.has(store.streams.name))
      .map(
        ({ contract, store }) =>
          `the projection ${nameOf(contract)} is built from streams ${shown(store.streams.name)}, which the manifest does not list: add them to its 'streams'`,
      ),
  ];
  if (problems.length > 0) {
    throw new Error(withCode('EP8002', `${appId}: ${problems.join('; ')}`));
  }
  return parts;
}
