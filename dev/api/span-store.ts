import type { SpanView } from './types.ts';

/** Traces that are kept. */
const CAPACITY = 2_000;

/** A value of OTLP in JSON. */
interface AnyValue {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}

interface KeyValue {
  readonly key: string;
  readonly value?: AnyValue;
}

/** A span of OTLP in JSON, as far as it is shown. */
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string | number;
  readonly endTimeUnixNano: string | number;
  readonly attributes?: readonly KeyValue[];
  readonly status?: { readonly code?: number | string };
}

/** A request of OTLP in JSON. */
export interface TracesRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly OtlpSpan[] }[];
  }[];
}

function attributesOf(list: readonly KeyValue[] = []): SpanView['attributes'] {
  return Object.fromEntries(
    list.map(({ key, value = {} }) => {
      const { stringValue, intValue, doubleValue, boolValue } = value;
      const number = intValue === undefined ? doubleValue : Number(intValue);
      return [key, stringValue ?? number ?? boolValue ?? ''];
    }),
  );
}

function milliseconds(nanoseconds: string | number): number {
  return Number(BigInt(nanoseconds) / 1_000n) / 1_000;
}

function viewOf(app: string, span: OtlpSpan): SpanView {
  const start = milliseconds(span.startTimeUnixNano);
  const { name, spanId, parentSpanId, status } = span;
  return {
    ...{ app, name, spanId },
    ...(parentSpanId !== undefined && parentSpanId !== '' && { parentSpanId }),
    start: new Date(start).toISOString(),
    duration: milliseconds(span.endTimeUnixNano) - start,
    failed: status?.code === 2 || status?.code === 'STATUS_CODE_ERROR',
    attributes: attributesOf(span.attributes),
  };
}

/**
 * Spans that apps have sent, by their trace. The oldest traces are forgotten.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-request
 */
export class SpanStore {
  readonly #traces = new Map<string, SpanView[]>();

  /** Takes the body of a request of OTLP. */
  public add({ resourceSpans = [] }: TracesRequest): void {
    for (const { resource, scopeSpans = [] } of resourceSpans) {
      const app = String(attributesOf(resource?.attributes)['service.name'] ?? '');
      for (const span of scopeSpans.flatMap(({ spans = [] }) => spans)) {
        const trace = this.#traces.get(span.traceId) ?? [];
        this.#traces.set(span.traceId, trace);
        trace.push(viewOf(app, span));
      }
    }
    for (const traceId of [...this.#traces.keys()].slice(0, -CAPACITY)) {
      this.#traces.delete(traceId);
    }
  }

  /** Spans of a trace, in the order of their start. */
  public of(traceId: string): readonly SpanView[] {
    return (this.#traces.get(traceId) ?? []).toSorted((one, other) =>
      one.start < other.start ? -1 : 1,
    );
  }
}
