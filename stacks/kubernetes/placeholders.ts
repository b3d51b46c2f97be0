import * as pulumi from '@pulumi/pulumi';
import { withCode } from '@cdk8s-event-platform/contracts/internal';

/** Values that are known only when something was created, by the placeholder that stands for each. */
export type PlaceholderValues = ReadonlyMap<string, pulumi.Input<string>>;

/** Names under a domain that is reserved for what does not exist. @see https://www.rfc-editor.org/rfc/rfc2606 */
const PLACEHOLDER = /[a-z0-9.-]*placeholder\.invalid(?::\d+)?/;

/**
 * Puts values into one text; a secret value makes the text secret.
 *
 * @throws Error for a placeholder without a value.
 */
export function fillText(text: string, values: PlaceholderValues): pulumi.Input<string> {
  // The longest first: one placeholder may start with another.
  const used = [...values]
    .filter(([placeholder]) => text.includes(placeholder))
    .sort(([a], [b]) => b.length - a.length);
  const rest = used.reduce((left, [placeholder]) => left.replaceAll(placeholder, ''), text);
  const [left] = PLACEHOLDER.exec(rest) ?? [];
  if (left !== undefined) {
    throw new Error(
      withCode(
        'EP7002',
        `nothing is known to stand for '${left}' in '${text}': give it a value, or declare what it is`,
      ),
    );
  }
  return used.length === 0
    ? text
    : pulumi
        .all(used.map(([, value]) => value))
        .apply((known) =>
          used.reduce(
            (filled, [placeholder], index) => filled.replaceAll(placeholder, known[index]!),
            text,
          ),
        );
}

/**
 * Puts values where rendered objects have placeholders: names below `placeholder.invalid`. What is
 * rendered without a cloud account is so the same as what is deployed, but for these names.
 *
 * @throws Error for a placeholder without a value.
 */
export function fillPlaceholders(value: unknown, values: PlaceholderValues): pulumi.Input<unknown> {
  if (typeof value === 'string') {
    return fillText(value, values);
  }
  if (Array.isArray(value)) {
    return value.map((item) => fillPlaceholders(item, values));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, fillPlaceholders(item, values)]),
    );
  }
  return value;
}
