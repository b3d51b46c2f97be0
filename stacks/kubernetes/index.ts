export { clusterProvider } from './cluster-provider.ts';
export { generatedSecret, type GeneratedSecretOptions } from './generated-secret.ts';
export { KubernetesObject, type ManifestInput, resourceName } from './kubernetes-object.ts';
export { generatedPassword, type GeneratedPasswordOptions } from './generated-password.ts';
export type { PlaceholderValues } from './placeholders.ts';
export {
  PlatformObjects,
  type PlatformObjectsArgs,
  type PlatformObjectsOptions,
  type SecretFactory,
} from './platform-objects.ts';
export { type GivenValues, secretValues, type SecretValuesOptions } from './secret-values.ts';
