import { shown } from './checks.ts';
import type { EventContract } from './event-contract.ts';
import type { SagaOutcomes } from './saga.ts';
import { isObject } from './subschemas.ts';

/** Outcomes as a list. */
export function listOfOutcomes(outcomes: SagaOutcomes | undefined): readonly string[] {
  return outcomes === undefined ? [] : typeof outcomes === 'string' ? [outcomes] : outcomes;
}

/** The property of answers that says how a step of a saga has ended. */
export const OUTCOME = 'outcome';

/** The outcomes that the answer to a command may have, or why a saga cannot read them. */
export function describeAnswer(
  what: string,
  { type, reply }: Pick<EventContract, 'type' | 'reply'>,
): { readonly outcomes: readonly string[]; readonly problems: readonly string[] } {
  if (reply === undefined) {
    return {
      outcomes: [],
      problems: [`${what} (${shown(type)}) has no answer: give the command a reply`],
    };
  }
  const schema = (reply.schema.properties as Readonly<Record<string, unknown>>).reply;
  const { properties, required } = isObject(schema) ? schema : {};
  const outcome = isObject(properties) ? properties[OUTCOME] : undefined;
  const { enum: values, const: value } = isObject(outcome) ? outcome : {};
  const outcomes = Array.isArray(values)
    ? (values as unknown[])
    : value === undefined
      ? []
      : [value];
  const isRequired = Array.isArray(required) && required.includes(OUTCOME);
  return isRequired && outcomes.length > 0 && outcomes.every((each) => typeof each === 'string')
    ? { outcomes, problems: [] }
    : {
        outcomes: [],
        problems: [
          `${what} (${shown(type)}) has an answer without a required string '${OUTCOME}': add it to the schema of the reply, with an enum such as ['done', 'refused']`,
        ],
      };
}
