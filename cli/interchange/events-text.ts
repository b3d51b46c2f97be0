import type { EventContract } from '@cdk8s-event-platform/contracts';
import { printableLines, type Subschema } from '@cdk8s-event-platform/contracts/internal';
import { literal } from '../scaffold/layout.ts';
import { pascalCase } from '../scaffold/names.ts';
import { isRecursive } from './references.ts';

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

/** A contract in TypeScript. The compiler would not come to an end with the type of a schema that refers to itself. */
function contractText(contract: EventContract, identifier: string): string {
  const text = literal(contract, `export const ${identifier} = defineEvent(`, ');');
  return isRecursive(contract.schema as Subschema)
    ? text.replace(/\},\n\}\);$/, '} as EventSchema,\n});')
    : text;
}

/** A file with contracts, each under a name of its own. */
export function eventsText(
  contracts: readonly EventContract[],
  identifiers: ReadonlyMap<string, string>,
): string {
  const events = contracts.map((contract) => {
    const comment = contract.description.replaceAll('*/', '* /');
    return `/** ${comment} */\n${contractText(contract, identifiers.get(contract.type)!)}\n`;
  });
  const type = contracts.some(({ schema }) => isRecursive(schema as Subschema))
    ? ', type EventSchema'
    : '';
  // Texts of others must not make the code look like another one.
  return printableLines(
    `import { defineEvent${type} } from '@cdk8s-event-platform/contracts';\n\n${events.join('\n')}`,
  );
}
