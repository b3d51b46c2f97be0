/**
 * One setting of a Dapr component: a value, a reference to a key of a Secret, or the name of an
 * environment variable of the sidecar that reads it.
 */
export type ComponentMetadata =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly envRef: string }
  | {
      readonly name: string;
      readonly secretKeyRef: { readonly name: string; readonly key: string };
    };

/** A setting with a plain value. Dapr wants strings, also for numbers and booleans. */
export function setting(name: string, value: string | number | boolean): ComponentMetadata {
  return { name, value: String(value) };
}

/** A setting whose value is in an environment variable of each sidecar: another one for each app. */
export function settingFromEnv(name: string, variable: string): ComponentMetadata {
  return { name, envRef: variable };
}

/** A setting whose value is in a Secret: the same for all apps. */
export function settingFromSecret(name: string, secret: string, key: string): ComponentMetadata {
  return { name, secretKeyRef: { name: secret, key } };
}
