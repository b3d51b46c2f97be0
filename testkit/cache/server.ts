import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StartedParts } from '../platform/platform.ts';
import { freePorts, listensOn, ManagedProcess } from '../process.ts';

/** A cache that runs on this machine. */
export interface RunningCache {
  readonly process: ManagedProcess;
  /** The rendered address, and where the run has it on loopback. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** Starts the cache of a platform as its rendered pod does, on loopback. */
export async function startCache(
  { manifests, secrets, folder, logs }: StartedParts,
  name = 'cache',
): Promise<RunningCache> {
  const { metadata, spec } = manifests.only('StatefulSet', name);
  const [container] = spec.template.spec.containers;
  const [port] = (await freePorts(1)) as [number];
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  const [shell, flags, script] = container.command as readonly [string, string, string];
  const process = new ManagedProcess({
    name,
    command: shell,
    args: [flags, script.replaceAll('6379', `${port}\nbind 127.0.0.1`).replaceAll('/tmp', own)],
    env: Object.fromEntries(
      container.env.flatMap(({ name: variable, valueFrom }) => {
        const reference = valueFrom?.secretKeyRef;
        const secret = secrets.find((each) => each.metadata.name === reference?.name);
        return reference === undefined ? [] : [[variable, secret?.stringData[reference.key] ?? '']];
      }),
    ),
    log: join(logs, `${name}.log`),
    ready: () => listensOn(port),
  });
  await process.start();
  const rendered = `${name}.${metadata.namespace!}.svc.cluster.local:6379`;
  return { process, addresses: { [rendered]: `127.0.0.1:${port}` } };
}
