import type { EventContract } from '../../constructs/contracts/index.ts';
import { compileSchema } from './schema-compiler.ts';

/** Checks the `data` of an event: every reason why it is not as its contract says, none if it is. */
export type SchemaCheck = (data: unknown) => string[];

/** Compiles the schema of a contract. */
export function schemaCheck(contract: EventContract): SchemaCheck {
  const validate = compileSchema(contract);
  return (data) =>
    validate(data)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message, keyword }) => {
          const place = instancePath === '' ? 'data' : `data${instancePath}`;
          return `${place} ${message ?? keyword}`;
        });
}
