import type { RecordedSpan, SpanKind } from './span.ts';

interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly name: string;
  readonly kind?: SpanKind;
  /** Microseconds since 1970. */
  readonly timestamp: number;
  /** In microseconds. */
  readonly duration: number;
  readonly localEndpoint: { readonly serviceName: string };
  readonly tags?: Readonly<Record<string, string>>;
}

/** Spans of a request to `POST /api/v2/spans`. @see https://zipkin.io/zipkin-api/#/default/post_spans */
export function zipkinSpans(body: string): RecordedSpan[] {
  return (JSON.parse(body) as ZipkinSpan[]).map((span) => ({
    traceId: span.traceId,
    spanId: span.id,
    parentId: span.parentId,
    service: span.localEndpoint.serviceName,
    name: span.name,
    kind: span.kind ?? 'INTERNAL',
    from: span.timestamp / 1000,
    to: (span.timestamp + span.duration) / 1000,
    attributes: new Map(Object.entries(span.tags ?? {})),
  }));
}
