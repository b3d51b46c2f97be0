import { majorOf } from '@cdk8s-event-platform/contracts/interface';
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

/** Name of a contract: its type, and from the second major version on its number, too. */
function typeName({ type, version }: EventContract): string {
  const major = majorOf(version);
  return major < 2 ? type : `${type}.v${major}`;
}

/** One file with the type of each contract's data, and of all of them by type of event. */
export async function typescriptTypes(contracts: readonly EventContract[]): Promise<string> {
  const types = contracts.map(typeName);
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice !== undefined) {
    throw new Error(`environments have two minor versions of '${twice}': name one environment`);
  }
  const identifiers = identifiersOf([...new Set(contracts.map(({ type }) => type))]);
  const names = new Map(
    contracts.map((contract) => {
      const major = majorOf(contract.version);
      const name = identifiers.get(contract.type)!;
      return [typeName(contract), major < 2 ? name : `${name}V${major}`];
    }),
  );
  const schema = {
    title: 'EventsByType',
    description: 'The data of each event, by its type.',
    type: 'object',
    required: types,
    additionalProperties: false,
    properties: Object.fromEntries(
      contracts.map((contract) => [
        typeName(contract),
        { $ref: `#${pointerOf('definitions', names.get(typeName(contract))!)}` },
      ]),
    ),
    definitions: Object.fromEntries(
      contracts.map((contract) => {
        const name = names.get(typeName(contract))!;
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
