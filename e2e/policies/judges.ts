import { spawnSync } from 'node:child_process';
import { scriptOf } from '../../testkit/kubernetes/node/enforcer.ts';
import type { Policy } from '../../testkit/kubernetes/node/network-policies.ts';
import { type Connection, Ruleset } from './ruleset.ts';
import { NODE, type World } from './world.ts';

/**
 * Connections between every two pods, and between pods and other addresses, to every port. A pod's to
 * itself is not among them: kube-network-policies never sees it, and would judge it by policies, which do
 * not apply to it.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/#what-you-can-t-do-with-network-policies-at-least-not-yet
 */
export function connectionsOf({ pods, outside, ports }: World): Connection[] {
  const inside = pods.map(({ status }) => status.podIP);
  const pairs = [
    ...inside.flatMap((source) =>
      [...inside, ...outside].map((destination) => [source, destination] as const),
    ),
    ...outside.flatMap((source) => inside.map((destination) => [source, destination] as const)),
  ];
  return pairs
    .filter(([source, destination]) => source !== destination && source !== NODE)
    .flatMap(([source, destination]) =>
      ports.map(({ port, protocol }) => ({ source, destination, port, protocol })),
    );
}

/** The rules of a world, if need be with other policies. */
export function scriptOfWorld(world: World, policies: readonly Policy[] = world.policies): string {
  return scriptOf(policies, world.pods, world.namespaces);
}

/** Whether rules of ours let a connection through. */
export function admits(ruleset: Ruleset, connection: Connection): boolean {
  return ruleset.admits(connection, connection.destination === NODE ? 'input' : 'forward');
}

/** The verdict of kube-network-policies on each connection of each world. */
export function upstreamVerdicts(
  program: string,
  worlds: readonly (World & { readonly connections: readonly Connection[] })[],
): boolean[][] {
  const input = worlds.map(({ namespaces, pods, policies, connections }) =>
    JSON.stringify({ namespaces, pods, policies, connections }),
  );
  const { status, stdout, stderr, error } = spawnSync(program, {
    input: input.join('\n'),
    encoding: 'utf8',
    maxBuffer: 1024 * 1024 * 1024,
  });
  if (error !== undefined || status !== 0) {
    throw new Error(`policy-judge: ${error?.message ?? stderr.trim()}`);
  }
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as boolean[]);
}
