import { KINDS, type RecordedSpan } from './span.ts';

interface Attribute {
  readonly key: string;
  /** Of one member, named after its type. */
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly kind: number;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly attributes?: readonly Attribute[];
      }[];
    }[];
  }[];
}

function attributes(list: readonly Attribute[] = []): Map<string, string> {
  return new Map(list.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}

/** Milliseconds of nanoseconds, which are more than a number holds. */
export function milliseconds(nanoseconds: string): number {
  return Number(BigInt(nanoseconds) / 1000n) / 1000;
}

/** Spans of a request to `POST /v1/traces` in JSON. @see https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export function otlpJsonSpans(body: string): RecordedSpan[] {
  return (JSON.parse(body) as OtlpRequest).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = attributes(resource.attributes).get('service.name') ?? 'unknown';
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentId: span.parentSpanId === '' ? undefined : span.parentSpanId,
        service,
        name: span.name,
        kind: KINDS[span.kind] ?? 'INTERNAL',
        from: milliseconds(span.startTimeUnixNano),
        to: milliseconds(span.endTimeUnixNano),
        attributes: attributes(span.attributes),
      })),
    );
  });
}
