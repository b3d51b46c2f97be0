/** Generated beside `dapr-validators.generated.js`: one validator for each version and kind. */
export interface Validator {
  (value: unknown): boolean;
  errors?: { instancePath: string; message?: string; params: object }[] | null;
}
export const validators: Readonly<Record<string, Validator>>;
