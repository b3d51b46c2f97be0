import { Ajv, type ErrorObject, type SchemaObject } from 'ajv';
import addFormats from 'ajv-formats';
import type { EventContract } from '../../constructs/contracts/index.ts';

/** Checks the `data` of an event: every reason why it is not as its contract says, none if it is. */
export type SchemaCheck = (data: unknown) => string[];

function reason(error: ErrorObject): string {
  const place = error.instancePath === '' ? 'data' : `data${error.instancePath}`;
  return `${place} ${error.message ?? error.keyword}`;
}

/** Compiles the schema of a contract. */
export function schemaCheck(contract: EventContract): SchemaCheck {
  const ajv = new Ajv({ allErrors: true, strict: true });
  addFormats.default(ajv);
  const validate = ajv.compile(contract.schema as SchemaObject);
  return (data) => (validate(data) ? [] : (validate.errors ?? []).map(reason));
}
