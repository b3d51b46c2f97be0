import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { formatTraceparent, parseTraceparent } from '../telemetry/trace-context.ts';
import type { Tracing } from '../telemetry/tracing.ts';

/** A request to the API of an app. */
export interface HttpRequest {
  readonly method: string;
  /** Its route, such as `/tasks`. */
  readonly route: string;
  /** Trace context of the client; ignored when it is not valid. @default - the request starts a trace */
  readonly traceparent?: unknown;
}

/** The span of a request. */
export interface TracedRequest {
  /** Its context, for events that follow from the request; also when it is not sampled. */
  readonly traceparent: string;
  /** Ends it with the status that was answered. */
  end(status: number): void;
}

/**
 * Starts the span of a request, in the trace of its client if there is one.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
 */
export function traceRequest(tracing: Tracing, request: HttpRequest): TracedRequest {
  const { method, route, traceparent } = request;
  const span = tracing.start(`${method} ${route}`, {
    kind: SpanKind.SERVER,
    parent: parseTraceparent(traceparent),
    attributes: { 'http.request.method': method, 'http.route': route, 'url.path': route },
  });
  return {
    traceparent: formatTraceparent(span.spanContext()),
    end: (status) => {
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) {
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}
