import type { EventContract } from '@cdk8s-event-platform/contracts';
import {
  pointerOf,
  portableSchema,
  type Subschema,
} from '@cdk8s-event-platform/contracts/internal';
import { compile } from 'json-schema-to-typescript';
import { identifiersOf } from './identifiers.ts';

const BANNER = `/** Types of events, written by \`event-platform contracts export\`: change the contracts instead. */`;

/** The schema of a contract below `definitions`. Properties that it does not name are not part of its type. */
function definition(contract: EventContract, name: string): Subschema {
  const { additionalProperties = false, ...schema } = portableSchema(
    contract.schema,
    `#${pointerOf('definitions', name)}`,
  );
  const { type, version, description } = contract;
  return {
    ...schema,
    additionalProperties: additionalProperties === true ? false : additionalProperties,
    title: name,
    description: `${description}\n\n\`${type}\`, version ${version}.`,
  };
}

/** One file with the type of each contract's data, and of all of them by type of event. */
export async function typescriptTypes(contracts: readonly EventContract[]): Promise<string> {
  const types = contracts.map(({ type }) => type);
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice !== undefined) {
    throw new Error(`environments have two versions of '${twice}': name one environment`);
  }
  const names = identifiersOf(types);
  const schema = {
    title: 'EventsByType',
    description: 'The data of each event, by its type.',
    type: 'object',
    required: types,
    additionalProperties: false,
    properties: Object.fromEntries(
      contracts.map(({ type }) => [
        type,
        { $ref: `#${pointerOf('definitions', names.get(type)!)}` },
      ]),
    ),
    definitions: Object.fromEntries(
      contracts.map((contract) => {
        const name = names.get(contract.type)!;
        return [name, definition(contract, name)];
      }),
    ),
  } as const;
  return compile(schema, schema.title, {
    bannerComment: BANNER,
    // Tuples would be more than arrays with these bounds are to contracts.
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true },
  });
}
