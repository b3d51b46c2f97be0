import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Manifests } from '../../scripts/manifests.ts';
import { type ApiAnswer, type ApiClient, label } from './client.ts';

function established(answer: ApiAnswer): boolean {
  const { conditions } = (answer.body.status ?? {}) as {
    // Null, for a moment, where no controller has looked at the definition yet.
    conditions?: { type: string; status: string }[] | null;
  };
  return (conditions ?? []).some(({ type, status }) => type === 'Established' && status === 'True');
}

/** Installs custom resource definitions and waits until their resources are served. */
export async function installCrds(client: ApiClient, folder: string): Promise<number> {
  const crds = readdirSync(folder).flatMap((group) => Manifests.read(join(folder, group)).objects);
  for (const crd of crds) {
    const answer = await client.apply(crd);
    if (answer.status >= 300) {
      throw new Error(`${label(crd)}: ${answer.body.message}`);
    }
  }
  const end = performance.now() + 60_000;
  for (const crd of crds) {
    const path = `${await client.pathOf(crd)}/${crd.metadata.name}`;
    while (!established(await client.call('GET', path))) {
      if (performance.now() > end) {
        throw new Error(`${label(crd)} is not established after 60 s`);
      }
      await sleep(200);
    }
  }
  // A definition that is established is served a moment later.
  await sleep(2_000);
  return crds.length;
}
