import { KubernetesObject } from './kubernetes-object.ts';
import type { SecretFactory } from './platform-objects.ts';
import { type GivenValues, secretValues } from './secret-values.ts';

/** Options of {@link generatedSecret}. */
export interface GeneratedSecretOptions {
  /**
   * What names of passwords in Pulumi's state start with. Two platforms of one program have Secrets of one name.
   *
   * @default - the namespace, and a slash
   */
  readonly prefix?: string;
}

/** A Secret whose passwords are generated, and are in the cluster and in the encrypted state alone. */
export function generatedSecret(
  given: GivenValues = {},
  options: GeneratedSecretOptions = {},
): SecretFactory {
  return (reference, namespace, resourceOptions) =>
    new KubernetesObject(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: reference.name, namespace },
        type: 'Opaque',
        stringData: secretValues(reference, given, {
          parent: resourceOptions.parent,
          protect: resourceOptions.protect,
          prefix: options.prefix ?? `${namespace}/`,
        }),
      },
      resourceOptions,
    );
}
