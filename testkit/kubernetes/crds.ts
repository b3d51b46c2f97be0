import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1CustomResourceDefinition } from '@kubernetes/client-node';
import { Manifests } from '../../scripts/manifests.ts';
import { until } from '../until.ts';
import { type ApiClient, type Identity, label } from './client.ts';

async function isEstablished(client: ApiClient, crd: Identity): Promise<boolean> {
  const { status } = (await client.read(crd)) as unknown as V1CustomResourceDefinition;
  // Null for a moment, when no controller has looked at the definition yet.
  const conditions = status?.conditions ?? [];
  return conditions.some((one) => one.type === 'Established' && one.status === 'True');
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
  for (const crd of crds) {
    await until(`${label(crd)} is established`, 60, () => isEstablished(client, crd), 200);
  }
  // A definition that is established is served a moment later.
  await sleep(2_000);
  return crds.length;
}
