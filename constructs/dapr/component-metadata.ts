/** One setting of a Dapr component: a value, or a reference to a key of a Secret. */
export type ComponentMetadata =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string;
      readonly secretKeyRef: { readonly name: string; readonly key: string };
    };

/** A setting with a plain value. Dapr wants strings, also for numbers and booleans. */
export function setting(name: string, value: string | number | boolean): ComponentMetadata {
  return { name, value: String(value) };
}
