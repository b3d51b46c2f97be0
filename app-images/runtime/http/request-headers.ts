import type { FastifyRequest } from 'fastify';
import { HttpProblem } from './problem.ts';
import type { Route } from './routes.ts';

const IDEMPOTENCY_KEY = /^[!-~]{1,200}$/;
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** `Idempotency-Key` of a request. @throws HttpProblem when it is required and missing, or not valid. */
export function idempotencyKey(request: FastifyRequest, { options }: Route): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) {
    if (options.idempotencyKeyRequired === true) {
      throw new HttpProblem(
        400,
        'the header Idempotency-Key is missing: send a new one with each new request',
      );
    }
    return undefined;
  }
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
    throw new HttpProblem(
      400,
      'the header Idempotency-Key is not valid: use 1 to 200 printable ASCII characters',
    );
  }
  return key;
}

/** @throws HttpProblem 428 when the client must say which version it changes, and does not. */
export function requireVersion({ headers }: FastifyRequest, { options }: Route): void {
  if (options.ifMatch === 'required' && headers['if-match'] === undefined) {
    throw new HttpProblem(
      428,
      'the header If-Match is missing: send the ETag of the version that you change',
    );
  }
}

/** The client's trace context; undefined when the header is missing or not valid. */
export function clientTrace({ headers }: FastifyRequest): string | undefined {
  const { traceparent } = headers;
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined;
}
