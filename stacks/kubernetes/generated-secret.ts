import { KubernetesObject } from './kubernetes-object.ts';
import type { SecretFactory } from './platform-objects.ts';
import { type GivenValues, secretValues } from './secret-values.ts';

/** A Secret whose passwords are generated, and are in the cluster and in the encrypted state alone. */
export function generatedSecret(given: GivenValues = {}): SecretFactory {
  return (reference, namespace, options) =>
    new KubernetesObject(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: reference.name, namespace },
        type: 'Opaque',
        stringData: secretValues(reference, given, options),
      },
      options,
    );
}
