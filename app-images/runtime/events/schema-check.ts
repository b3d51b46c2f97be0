import type { EventContract } from '@cdk8s-event-platform/contracts';
import { compileSchema } from '@cdk8s-event-platform/contracts/internal';

/** Returns why the `data` of an event does not match its contract; empty when it does. */
export type SchemaCheck = (data: unknown) => string[];

/** Maximum number of reasons for one event: there could be as many as it has values. */
export const MAX_REASONS = 10;
/** Maximum length of a reason: the names in it come from the event. */
const MAX_REASON_LENGTH = 300;

/** The first few reasons, each shortened, and how many more there are. */
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
