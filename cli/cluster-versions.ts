import { type ClusterPart, versionProblems, VERSIONS } from 'cdk8s-event-platform';
import { table } from './table.ts';

/** Versions that a cluster has; what it does not have is missing. */
export type FoundVersions = Readonly<Partial<Record<ClusterPart, string>>>;

/** Runs kubectl with arguments and returns what it says. */
export type RunKubectl = (args: readonly string[]) => Promise<string>;

/** The container that tells the version of a part, by its image's tag. */
const CONTAINERS: Readonly<Record<string, ClusterPart>> = {
  'dapr-operator': 'dapr',
  'keda-operator': 'keda',
};

interface Deployment {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { name: string; image: string }[] };
    };
  };
}

/** Asks a cluster for the versions of what the platform depends on. */
export async function findVersions(kubectl: RunKubectl): Promise<FoundVersions> {
  const version = JSON.parse(await kubectl(['version', '--output=json'])) as {
    serverVersion: { gitVersion: string };
  };
  const { items } = JSON.parse(
    await kubectl(['get', 'deployments', '--all-namespaces', '--output=json']),
  ) as { items: readonly Deployment[] };
  const containers = items.flatMap(({ spec }) => spec.template.spec.containers);
  return {
    kubernetes: version.serverVersion.gitVersion.replace(/^v/, ''),
    ...Object.fromEntries(
      containers.flatMap(({ name, image }) => {
        const part = CONTAINERS[name];
        return part === undefined ? [] : [[part, /:v?([^:@/]+)(@|$)/.exec(image)?.[1] ?? image]];
      }),
    ),
  };
}

/** Everything that is wrong with what was found, a missing part included. */
export function foundProblems(found: FoundVersions): string[] {
  const missing = (['dapr', 'keda'] as const).filter((part) => found[part] === undefined);
  return [
    ...missing.map((part) => `${part}-operator is not there: install ${part} ${VERSIONS[part]}`),
    ...versionProblems(found),
  ];
}

/** A table of what was found beside what runs are made with. */
export function versionsTable(found: FoundVersions): string {
  const parts = ['kubernetes', 'dapr', 'keda'] as const;
  return table(
    ['part', 'found', 'tested with'],
    parts.map((part) => [part, found[part] ?? 'nothing', VERSIONS[part]]),
    [0, 1, 2],
  );
}
