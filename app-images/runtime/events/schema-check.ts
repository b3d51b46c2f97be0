import type { EventContract } from '@cdk8s-event-platform/contracts';
import { compileSchema } from '@cdk8s-event-platform/contracts/internal';

/** Checks the `data` of an event: why it is not as its contract says, nothing if it is. */
export type SchemaCheck = (data: unknown) => string[];

/** Reasons that are told of one event; more of them help nobody, and can be as many as its values. */
export const MAX_REASONS = 10;
/** Characters of one reason: the names in it come from the event. */
const MAX_REASON_LENGTH = 300;

/** A list of reasons that has an end: the first few, each not too long, and how many more there are. */
export function boundedReasons<Problem>(
  problems: readonly Problem[],
  reasonOf: (problem: Problem) => string,
): string[] {
  const reasons = problems.slice(0, MAX_REASONS).map((problem) => {
    const reason = reasonOf(problem);
    return reason.length > MAX_REASON_LENGTH ? `${reason.slice(0, MAX_REASON_LENGTH)}…` : reason;
  });
  const more = problems.length - reasons.length;
  return more > 0 ? [...reasons, `and ${more} more`] : reasons;
}

/** Compiles the schema of a contract. */
export function schemaCheck(contract: EventContract): SchemaCheck {
  const validate = compileSchema(contract);
  return (data) =>
    validate(data)
      ? []
      : boundedReasons(validate.errors ?? [], ({ instancePath, message, keyword }) => {
          const place = instancePath === '' ? 'data' : `data${instancePath}`;
          return `${place} ${message ?? keyword}`;
        });
}
