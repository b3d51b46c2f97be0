import { randomBytes } from 'node:crypto';

/** @see https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/** A trace context with a span of its own: in the trace of its parent, or in a new one. */
export function childOf(traceparent: unknown): string {
  const [, trace = randomBytes(16).toString('hex'), flags = '01'] =
    (typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null) ?? [];
  return `00-${trace}-${randomBytes(8).toString('hex')}-${flags}`;
}
