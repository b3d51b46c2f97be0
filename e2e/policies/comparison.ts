import { admits, scriptOfWorld } from './judges.ts';
import { mutantsOf } from './mutants.ts';
import { type Connection, Ruleset } from './ruleset.ts';
import type { World } from './world.ts';

/** Verdicts of both judges on one world. */
export interface Comparison {
  readonly judged: number;
  readonly allowed: number;
  /** Connections that the judges do not agree on, in words. */
  readonly differences: readonly string[];
}

/** A connection in words. */
function textOf({ pods }: World, { source, destination, port, protocol }: Connection): string {
  const name = (address: string) => {
    const metadata = pods.find(({ status }) => status.podIP === address)?.metadata;
    return metadata === undefined ? address : `${metadata.namespace}/${metadata.name}`;
  };
  return `${name(source)} → ${name(destination)} ${protocol} ${port}`;
}

function word(allowed: boolean): string {
  return allowed ? 'allowed' : 'denied';
}

/** Compares what our rules do with what the other judge has said. */
export function compare(
  world: World,
  connections: readonly Connection[],
  upstream: readonly boolean[],
  script: string,
): Comparison {
  const ruleset = new Ruleset(script);
  const ours = connections.map((connection) => admits(ruleset, connection));
  return {
    judged: ours.length,
    allowed: ours.filter((allowed) => allowed).length,
    differences: connections.flatMap((connection, index) =>
      ours[index] === upstream[index]
        ? []
        : [
            `${textOf(world, connection)}: ours ${word(ours[index]!)}, kube-network-policies ${word(upstream[index]!)}`,
          ],
    ),
  };
}

/**
 * Gives changed policies to our side alone. Each change must make a difference: a comparison that cannot
 * find one proves little.
 *
 * @returns how many changes there were, and those that made no difference.
 */
export function compareMutants(
  world: World,
  connections: readonly Connection[],
  upstream: readonly boolean[],
): { readonly mutants: number; readonly unnoticed: readonly string[] } {
  const mutants = mutantsOf(world.policies);
  const unnoticed = mutants.filter(({ policies }) => {
    const ruleset = new Ruleset(scriptOfWorld(world, policies));
    return connections.every(
      (connection, index) => admits(ruleset, connection) === upstream[index],
    );
  });
  return { mutants: mutants.length, unnoticed: unnoticed.map(({ change }) => change) };
}
