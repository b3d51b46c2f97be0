import type { SpanContext, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { Tracing } from '../runtime/telemetry/tracing.ts';

/** A span that a test looks at. */
export interface SeenSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: SpanStatusCode; readonly message?: string };
  /** Seconds and nanoseconds of the start, and of the end. */
  readonly times: readonly [readonly [number, number], readonly [number, number]];
}

/** Tracing whose spans stay in memory. */
export class SeenSpans {
  readonly #exporter = new InMemorySpanExporter();
  public readonly tracing: Tracing;

  public constructor(samplingRatio = 1) {
    this.tracing = new Tracing({
      appId: 'ledger',
      system: 'kafka',
      samplingRatio,
      processor: new SimpleSpanProcessor({ exporter: this.#exporter }),
    });
  }

  /** All spans that have ended, those that began first first. */
  public all(): SeenSpan[] {
    return this.#exporter
      .getFinishedSpans()
      .map((span) => {
        const { traceId, spanId }: SpanContext = span.spanContext();
        const { name, attributes, status, startTime, endTime } = span;
        const parentId = span.parentSpanContext?.spanId;
        const times = [startTime, endTime] as const;
        return { name, traceId, spanId, parentId, attributes, status, times };
      })
      .sort((a, b) => a.times[0][0] - b.times[0][0] || a.times[0][1] - b.times[0][1]);
  }

  /** Those of a name. */
  public named(name: string): SeenSpan[] {
    return this.all().filter((span) => span.name === name);
  }

  public reset(): void {
    this.#exporter.reset();
  }
}

/** A traceparent, different for each number. */
export function traceparentOf(number: number, flags: '00' | '01' = '01'): string {
  const digits = number.toString(16);
  return `00-${digits.padStart(32, 'a')}-${digits.padStart(16, 'b')}-${flags}`;
}
