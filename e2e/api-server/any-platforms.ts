import { join } from 'node:path';
import fc from 'fast-check';
import { toYaml } from '../../constructs/core/yaml.ts';
import type { RenderedLayer } from '../../constructs/index.ts';
import { anyPlan, renderPlan } from '../../constructs/testing/any-platform.ts';
import type { KubernetesObject } from '../../scripts/manifests.ts';
import { type ApiAnswer, type ApiClient, label } from '../../testkit/kubernetes/client.ts';
import { installCrds } from '../../testkit/kubernetes/crds.ts';
import { podsOf, withSidecars } from '../../testkit/kubernetes/pods.ts';
import { startApiServer } from '../../testkit/kubernetes/server.ts';
import { type ApiServerTools, defaultServiceAccount } from './verify.ts';

/** How many platforms are tried, and the number that they follow from. */
export interface AnyPlatformsOptions {
  readonly platforms: number;
  readonly seed: number;
}

/** What became of the platforms. */
export interface AnyPlatformsVerdict {
  readonly rendered: number;
  readonly refused: number;
  readonly objects: number;
  readonly pods: number;
  readonly failures: readonly string[];
}

/** Kinds that others refer to: they must exist while the others are tried. */
const KEPT: ReadonlySet<string> = new Set(['Namespace', 'ServiceAccount']);

/** Places where the server has another text than the object; empty when every text has survived. */
function alteredTexts(rendered: unknown, kept: unknown, path = ''): string[] {
  if (typeof rendered === 'string') {
    // An empty value is not kept where it is the default.
    return rendered === (kept ?? '')
      ? []
      : [`${path}: ${JSON.stringify(rendered)} has become ${JSON.stringify(kept)}`];
  }
  if (typeof rendered !== 'object' || rendered === null) {
    return [];
  }
  return Object.entries(rendered).flatMap(([key, value]) =>
    alteredTexts(value, (kept as Record<string, unknown> | undefined)?.[key], `${path}/${key}`),
  );
}

/** Lets the server judge what one platform renders, and the pods that would be made of it. */
async function judge(
  client: ApiClient,
  layers: readonly RenderedLayer[],
  inject: string,
): Promise<{ pods: number; failures: string[] }> {
  const failures: string[] = [];
  const note = (what: string, { status, warnings, body }: ApiAnswer): boolean => {
    failures.push(...warnings.map((text) => `${what}: warning ${text}`));
    if (status >= 300) {
      failures.push(`${what}: ${status} ${body.message ?? ''}`);
    }
    return status < 300;
  };
  const objects = layers
    .flatMap((layer) => layer.objects as unknown as KubernetesObject[])
    // Strimzi's definitions are not in the cache; a unit test has their schemas.
    .filter(({ apiVersion }) => !apiVersion.startsWith('kafka.strimzi.io/'));
  if (!objects.some(({ kind }) => kind === 'Namespace')) {
    await createNamespace(client, objects[0]!.metadata.namespace!);
  }
  for (const object of objects) {
    const yaml = toYaml([object]);
    if (KEPT.has(object.kind)) {
      // As YAML of ours: any text may be in it, and JSON is not YAML where it has control characters.
      note(`${label(object)}, kept`, await client.keepFile(object, yaml));
    }
    if (object.kind === 'Namespace') {
      await client.apply(defaultServiceAccount(object.metadata.name));
    }
    const answer = await client.tryFile(object, yaml);
    if (note(label(object), answer)) {
      failures.push(
        ...alteredTexts(object, answer.body).map((altered) => `${label(object)}${altered}`),
      );
    }
  }
  const pods = withSidecars(inject, podsOf(objects));
  for (const pod of pods) {
    const path = await client.pathOf(pod);
    const query = 'dryRun=All&fieldValidation=Strict';
    note(label(pod), await client.call('POST', `${path}?${query}`, pod));
  }
  return { pods: pods.length, failures };
}

/** Creates the namespace of a platform that expects one, as its owner would. */
async function createNamespace(client: ApiClient, name: string): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  await client.apply(defaultServiceAccount(name));
}

/** Lets a fresh API server judge platforms of any options: it must accept what synthesis accepts. */
export async function verifyAnyPlatforms(
  { platforms, seed }: AnyPlatformsOptions,
  tools: ApiServerTools,
  folder: string,
  progress: (text: string) => void,
): Promise<AnyPlatformsVerdict> {
  const server = await startApiServer(
    join(tools.kubernetes, 'kube-apiserver'),
    join(folder, 'api-server-any'),
  );
  await installCrds(server.client, tools.crds);
  progress(`API server for ${platforms} platforms of any options, by seed ${seed}`);
  const verdict = { rendered: 0, refused: 0, objects: 0, pods: 0, failures: [] as string[] };
  for (const [index, plan] of fc.sample(anyPlan(), { seed, numRuns: platforms }).entries()) {
    const layers = renderPlan(plan);
    if (layers instanceof Error) {
      verdict.refused++;
      continue;
    }
    const { pods, failures } = await judge(server.client, layers, join(tools.dapr, 'inject'));
    verdict.rendered++;
    verdict.objects += layers.reduce((sum, { objects }) => sum + objects.length, 0);
    verdict.pods += pods;
    verdict.failures.push(
      ...failures.map((failure) => `platform ${index} of seed ${seed}: ${failure}`),
    );
  }
  await server.stop();
  return verdict;
}
