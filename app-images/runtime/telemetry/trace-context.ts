import { type Span, type SpanContext, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { describeFailure } from '../errors/failure.ts';

/** Version 00, without ids of zeros only, which are not valid. */
const TRACEPARENT =
  /^00-(?<trace>(?!0{32})[0-9a-f]{32})-(?<span>(?!0{16})[0-9a-f]{16})-(?<flags>[0-9a-f]{2})$/;

/**
 * A context that is not sampled. With it, a sidecar creates no spans; without a context, it would start a trace of
 * its own.
 */
export const NOT_SAMPLED = `00-${'f'.repeat(32)}-${'f'.repeat(16)}-00`;

/**
 * Parses a W3C trace context; undefined when it is missing or not valid.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function parseTraceparent(traceparent: unknown): SpanContext | undefined {
  const match = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null;
  if (match === null) {
    return undefined;
  }
  const { trace, span, flags } = match.groups as Record<'trace' | 'span' | 'flags', string>;
  return {
    traceId: trace,
    spanId: span,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  };
}

/** Whether the spans of a trace are kept. */
export function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

/** Formats a trace context as W3C specifies. */
export function formatTraceparent(context: SpanContext): string {
  return `00-${context.traceId}-${context.spanId}-${isSampled(context) ? '01' : '00'}`;
}

/** Context of a traceparent whose trace is sampled; undefined for others. */
export function sampledContext(traceparent: unknown): SpanContext | undefined {
  const context = parseTraceparent(traceparent);
  return context !== undefined && isSampled(context) ? context : undefined;
}

/** Marks a span as failed. */
export function markFailed(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: describeFailure(error) });
  span.setAttribute('error.type', error instanceof Error ? error.name : '_OTHER');
}
