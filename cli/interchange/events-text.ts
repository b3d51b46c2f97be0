import type { EventContract } from '@cdk8s-event-platform/contracts';
import { printableLines } from '@cdk8s-event-platform/contracts/internal';
import { literal } from '../scaffold/layout.ts';
import { pascalCase } from '../scaffold/names.ts';

/** Words of a text in upper camel case, e.g. `OrderPlaced` of `order.placed`. */
function identifierOf(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return pascalCase(words.join('-'));
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

/** A file with contracts, each under a name of its own. */
export function eventsText(
  contracts: readonly EventContract[],
  identifiers: ReadonlyMap<string, string>,
): string {
  const events = contracts.map((contract) => {
    const head = `export const ${identifiers.get(contract.type)!} = defineEvent(`;
    const comment = contract.description.replaceAll('*/', '* /');
    return `/** ${comment} */\n${literal(contract, head, ');')}\n`;
  });
  // Texts of others must not make the code look like another one.
  return printableLines(
    `import { defineEvent } from '@cdk8s-event-platform/contracts';\n\n${events.join('\n')}`,
  );
}
