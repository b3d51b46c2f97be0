import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Manifests } from '../../scripts/manifests.ts';

const run = promisify(execFile);

/** A volume that has files of one ConfigMap, or of several. */
interface ScriptVolume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly projected?: { readonly sources: readonly { readonly configMap: { name: string } }[] };
}

/**
 * Runs what the Job of a broker runs, with the files of its ConfigMaps; returns what it said.
 *
 * @param folder where the files go.
 */
export async function runProvisioning(
  manifests: Manifests,
  name: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const { containers, volumes } = manifests.only('Job', name).spec.template.spec;
  const volume = (volumes as readonly ScriptVolume[]).find((found) => found.name === 'script')!;
  const sources = volume.projected?.sources ?? [{ configMap: volume.configMap! }];
  const files = join(folder, 'provisioning');
  mkdirSync(files, { recursive: true });
  for (const { configMap } of sources) {
    for (const [file, text] of Object.entries(manifests.only('ConfigMap', configMap.name).data)) {
      writeFileSync(join(files, file), text);
    }
  }
  const [{ command, args }] = containers;
  const { stdout } = await run(command[0]!, [...command.slice(1), ...args!], {
    env: { ...env, SCRIPT_FOLDER: files, TMPDIR: folder },
  });
  return stdout;
}
