import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BROKER_TOOLS_CONTAINER, EVENT_TOOLS } from '@cdk8s-event-platform/contracts/interface';
import type { SecretManifest } from '../../cli/make-secret.ts';
import type { Container, Manifests } from '../../scripts/manifests.ts';

const PROGRAM = join(import.meta.dirname, '../../app-images/event-tools/main.ts');
const ROOT = join(import.meta.dirname, '../..');

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** The variables of a container, those from Secrets included. */
export function containerEnv(
  { env = [] }: Partial<Container>,
  secrets: readonly SecretManifest[],
): Record<string, string> {
  return Object.fromEntries(
    env.flatMap(({ name, value, valueFrom }) => {
      const reference = valueFrom?.secretKeyRef;
      const found =
        reference === undefined
          ? value
          : secrets.find(({ metadata }) => metadata.name === reference.name)?.stringData[
              reference.key
            ];
      return found === undefined ? [] : [[name, found]];
    }),
  );
}

/**
 * Writes a program that does what `kubectl exec` does with the pod of the tools: it runs the command on this machine, with
 * the variables of the container. Any other call is an error.
 */
export function writeStandIn(
  folder: string,
  manifests: Manifests,
  secrets: readonly SecretManifest[],
  overrides: {
    readonly app: Readonly<Record<string, string>>;
    readonly tools: Readonly<Record<string, string>>;
  },
): string {
  const { containers } = manifests.only('Deployment', EVENT_TOOLS.appId).spec.template.spec;
  const variables = (name: string, more: Readonly<Record<string, string>>) => {
    const container = (
      containers as unknown as readonly (Container & { readonly name: string })[]
    ).find((one) => one.name === name)!;
    return Object.entries({ ...containerEnv(container, secrets), ...more })
      .map(([key, value]) => `    export ${key}=${quoted(value)}`)
      .join('\n');
  };
  const file = join(folder, 'kubectl');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    `#!/bin/bash
[ "$1 $2" = 'exec --stdin' ] || { echo "only exec, not $*" >&2; exit 1; }
while [ "$1" != -- ]; do
  case "$1" in --container=*) container="\${1#*=}" ;; esac
  shift
done
shift
case "$container" in
  ${EVENT_TOOLS.appId})
${variables(EVENT_TOOLS.appId, overrides.app)}
    shift 2
    cd ${quoted(ROOT)}
    exec node --import tsx ${quoted(PROGRAM)} "$@"
    ;;
  ${BROKER_TOOLS_CONTAINER})
${variables(BROKER_TOOLS_CONTAINER, overrides.tools)}
    exec "$@"
    ;;
esac
echo "no container $container" >&2
exit 1
`,
  );
  chmodSync(file, 0o755);
  return file;
}
