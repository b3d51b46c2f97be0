/** Words of a text in upper camel case, e.g. `OrderPlaced` of `order.placed`. */
function identifierOf(text: string): string {
  return text.replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9]?)/g, (_, letter: string) =>
    letter.toUpperCase(),
  );
}

/**
 * Names of contracts in TypeScript, by type of event: what has happened to what, with more of the type where two
 * would have one name.
 */
export function identifiersOf(types: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const type of new Set(types)) {
    const parts = type.split('.');
    const candidates = parts
      .map((_, index) => identifierOf(parts.slice(-index - 1).join('.')))
      .slice(1);
    const free = candidates.find(
      (name) => !(name in globalThis) && ![...names.values()].includes(name),
    );
    names.set(type, free ?? `${candidates.at(-1)!}Event`);
  }
  return names;
}
