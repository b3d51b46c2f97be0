/** What a reviver is given of a value that is not an object. */
interface SourceContext {
  readonly source?: string;
}

type Reviver = (this: unknown, key: string, value: unknown, context: SourceContext) => unknown;

/** Newer than TypeScript's library. @see https://github.com/tc39/proposal-json-parse-with-source */
const JSON_WITH_SOURCE = JSON as unknown as {
  parse(text: string, reviver: Reviver): unknown;
  rawJSON(text: string): unknown;
};

/** Parses JSON so that numbers which a double cannot hold are written again as they were. @throws SyntaxError */
export function parseExactly(text: string): unknown {
  return JSON_WITH_SOURCE.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? JSON_WITH_SOURCE.rawJSON(source)
      : value,
  );
}
