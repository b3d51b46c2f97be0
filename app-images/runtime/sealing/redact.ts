import { describeFailure } from '../errors/failure.ts';

/** What stands in place of personal data in logs and in the quarantine. */
const REDACTED = '[personal data]';

/** A text without personal data, as they are or as JSON holds them. Single characters tell nothing. */
export function redact(text: string, personal: readonly string[] = []): string {
  const forms = personal.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
  return forms
    .filter(({ length }) => length > 1)
    .sort((a, b) => b.length - a.length)
    .reduce((left, value) => left.replaceAll(value, REDACTED), text);
}

/** An error that says the same without personal data, for logs and traces; the error itself without any. */
export function redactedError(error: unknown, personal: readonly string[] = []): unknown {
  return personal.length === 0 ? error : new Error(redact(describeFailure(error), personal));
}

/** The texts in a JSON value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
