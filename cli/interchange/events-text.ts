import type { EventContract } from '@cdk8s-event-platform/contracts';
import { printableLines, type Subschema } from '@cdk8s-event-platform/contracts/internal';
import { literal } from '../scaffold/layout.ts';
import { isRecursive } from './references.ts';

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
