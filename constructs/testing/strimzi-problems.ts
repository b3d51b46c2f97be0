import * as models from '@kubernetes-models/strimzi-kafka-operator/kafka.strimzi.io/v1';
import type { Manifest } from '../platform/render.ts';
import { STRIMZI_API_VERSION } from '../core/versions.ts';
import { manifestProblems } from './manifest-problems.ts';

type Model = new (manifest: Manifest) => { validate(): void };

function strimziProblems(manifest: Manifest): string[] {
  const { kind, metadata } = manifest;
  const Model = (models as unknown as Readonly<Record<string, Model>>)[kind]!;
  try {
    new Model(manifest).validate();
    return [];
  } catch (error) {
    return [`${STRIMZI_API_VERSION} ${kind}/${metadata.name}: ${(error as Error).message}`];
  }
}

/**
 * As {@link manifestProblems}, with Strimzi's kinds. Their definitions are in no Go module that `npm run imports`
 * reads, but an npm package has validators of them, for ES modules only.
 */
export function problemsWithStrimzi(objects: readonly Manifest[]): string[] {
  const isStrimzi = ({ apiVersion }: Manifest) => apiVersion === STRIMZI_API_VERSION;
  return [
    ...manifestProblems(objects.filter((object) => !isStrimzi(object))),
    ...objects.filter(isStrimzi).flatMap(strimziProblems),
  ];
}
