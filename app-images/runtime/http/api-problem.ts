import type { FastifyError } from 'fastify';
import { TransactionTimeoutError } from '../database/database.ts';
import { PartlyCommittedError } from '../database/partial-commit.ts';
import { classifyFailure, DependencyUnavailableError, describeFailure } from '../errors/failure.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { RequestConflictError, RequestTimeoutError } from '../errors/request-errors.ts';
import { CommandRefusedError, StreamConflictError } from '../errors/stream-errors.ts';
import { MAX_REASONS } from '../events/schema-check.ts';
import { redact } from '../sealing/redact.ts';
import type { Logger } from '../telemetry/logging.ts';
import { RejectedError } from './concurrency-limiter.ts';
import { BodyTooLargeError } from './messages.ts';
import { HttpProblem, type ProblemDetail } from './problem.ts';

/** One error of Ajv. */
interface SchemaError {
  readonly instancePath: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Details of the first few errors. */
function detailsOf(errors: readonly SchemaError[]): ProblemDetail[] {
  const details = errors.slice(0, MAX_REASONS).map(({ instancePath, message, params }) => {
    const { additionalProperty = '' } = params as { additionalProperty?: string };
    const detail = `${message ?? 'is not valid'} ${additionalProperty}`.trimEnd().slice(0, 300);
    return { detail, pointer: `#${instancePath}` };
  });
  const more = errors.length - details.length;
  return more > 0 ? [...details, { detail: `and ${more} more` }] : details;
}

/** What a client may do where a request was not served, and is not known to have changed nothing. */
function unfinished(error: unknown): string {
  if (error instanceof PartlyCommittedError) {
    return 'the request was not finished: a part of it may have been carried out, repeat it with the same Idempotency-Key';
  }
  return error instanceof DependencyUnavailableError
    ? 'something that the request needs cannot be reached: repeat it with the same Idempotency-Key'
    : 'the request could not be stored: repeat it with the same Idempotency-Key';
}

/** The answer to a request that was late, or that failed for want of something; undefined for other failures. */
function unserved(error: Error, log: Logger, personal: readonly string[]): HttpProblem | undefined {
  const isPartial = error instanceof PartlyCommittedError;
  const reason = isPartial ? error.cause : error;
  if (reason instanceof TransactionTimeoutError) {
    log.error({ reason: reason.message }, 'request not served');
    return isPartial
      ? new HttpProblem(504, unfinished(error), { headers: { 'retry-after': '1' } })
      : new HttpProblem(504, 'the request took too long, and has changed nothing');
  }
  const failure = classifyFailure(reason);
  if (failure !== 'unavailable' && failure !== 'conflict') {
    return undefined;
  }
  log.warn({ reason: redact(describeFailure(reason), personal) }, 'request not served');
  return new HttpProblem(503, unfinished(error), { headers: { 'retry-after': '5' } });
}

/** The answer to a request that has failed. */
export function problemOf(
  error: FastifyError,
  log: Logger,
  personal: readonly string[],
): HttpProblem {
  if (error instanceof HttpProblem) {
    return error;
  }
  if (error.validation !== undefined) {
    const part = error.validationContext ?? 'request';
    return new HttpProblem(400, `the ${part} is not valid`, {
      errors: detailsOf(error.validation),
    });
  }
  if (error instanceof InvalidEventError) {
    return new HttpProblem(400, 'the request cannot become an event', {
      errors: error.reasons.map((detail) => ({ detail })),
    });
  }
  if (error instanceof RequestTimeoutError) {
    log.warn({ reason: error.message }, 'request not answered in time');
    return new HttpProblem(
      504,
      'no answer in time: it may still be carried out, repeat the request with the same Idempotency-Key for its answer',
      { headers: { 'retry-after': '1' } },
    );
  }
  if (error instanceof RequestConflictError) {
    return new HttpProblem(422, 'this Idempotency-Key was used for another request: use a new one');
  }
  if (error instanceof CommandRefusedError) {
    return new HttpProblem(error.status, error.message, { reason: error.reason });
  }
  if (error instanceof StreamConflictError) {
    return new HttpProblem(409, error.message);
  }
  if (error instanceof RejectedError) {
    return new HttpProblem(503, 'too many requests are in progress', {
      headers: { 'retry-after': '1' },
    });
  }
  if (error instanceof BodyTooLargeError) {
    return new HttpProblem(413, error.message);
  }
  if (error.statusCode === undefined) {
    const problem = unserved(error, log, personal);
    if (problem !== undefined) {
      return problem;
    }
  }
  const status = error.statusCode ?? 500;
  if (status >= 500) {
    log.error({ reason: redact(describeFailure(error), personal) }, 'request failed');
    return new HttpProblem(500, 'the request failed because of an internal error');
  }
  return new HttpProblem(status, error.message);
}
