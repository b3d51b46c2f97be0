import type { EventContract, StoredEventContract } from '@cdk8s-event-platform/contracts';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { jsonPart, readJson } from '../events/json.ts';
import { schemaCheck, type SchemaCheck } from '../events/schema-check.ts';

/** Checks of contracts, each compiled once. */
const checks = new WeakMap<StoredEventContract, SchemaCheck>();

/** Why data do not match a contract; empty when they do. */
export function dataProblems(contract: StoredEventContract, data: unknown): readonly string[] {
  let check = checks.get(contract);
  if (check === undefined) {
    check = schemaCheck(contract as EventContract);
    checks.set(contract, check);
  }
  return check(data);
}

/**
 * Data as they will be read: what JavaScript holds and JSON does not is looked at after it has become JSON.
 *
 * @throws InvalidEventError when they do not match the contract, or cannot be stored.
 */
export function storableData(contract: StoredEventContract, data: unknown): unknown {
  const { type } = contract;
  let text: unknown;
  try {
    text = JSON.stringify(data);
  } catch (error) {
    throw new InvalidEventError(
      `the data of '${type}' cannot be JSON: ${(error as Error).message}`,
    );
  }
  if (typeof text !== 'string') {
    throw new InvalidEventError(`the data of '${type}' are ${typeof data}: give an object`);
  }
  const { value, unicodeProblem } = readJson(jsonPart(Buffer.from(text)));
  const problem = unicodeProblem(value, 'data');
  const reasons = [
    ...dataProblems(contract, value),
    ...(problem === undefined ? [] : [problem]),
  ].map((reason) => `${type}: ${reason}`);
  if (reasons.length > 0) {
    throw new InvalidEventError(reasons.join('; '), reasons);
  }
  return value;
}

/** Finds the contract that an event is appended by. @throws Error when the streams do not list it. */
export function listedContract(
  streams: string,
  listed: readonly StoredEventContract[],
  contract: StoredEventContract,
): StoredEventContract {
  const found = listed.find(
    ({ type, version }) => type === contract.type && version === contract.version,
  );
  if (found === undefined) {
    throw new Error(
      withCode(
        'EP8002',
        `streams '${streams}' do not list the event '${contract.type}' ${contract.version}: add it to their 'events'`,
      ),
    );
  }
  return found;
}
