import { withCode } from '@cdk8s-event-platform/contracts/internal';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { ZipkinExporter } from '@opentelemetry/exporter-zipkin';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import { TRACING_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { Logger } from './logging.ts';

/** Spans that can wait to be sent; more are dropped. */
const MAX_QUEUED_SPANS = 8_192;
/** Longest wait of a span for others to be sent with, in milliseconds. */
const DELAY = 2_000;
/** Spans of one request. */
const BATCH = 512;
/**
 * Maximum number of pending requests: enough for a full queue that is sent when the process stops, and a few
 * before. An endpoint that never answers gets no more.
 */
const MAX_REQUESTS = MAX_QUEUED_SPANS / BATCH + 4;

/**
 * Limits the pending requests of another exporter, and logs once when it starts to fail and when it recovers.
 * Exporting never delays or fails anything else.
 */
export class LimitedExporter implements SpanExporter {
  #requests = 0;
  #failing = false;

  public constructor(
    private readonly exporter: SpanExporter,
    private readonly log: Logger,
  ) {}

  public export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    const end = (result: ExportResult): void => {
      const failing = result.code === ExportResultCode.FAILED;
      if (failing && !this.#failing) {
        const reason = result.error?.message ?? 'unknown';
        this.log.warn({ spans: spans.length, reason }, 'spans cannot be sent and are dropped');
      } else if (!failing && this.#failing) {
        this.log.info({}, 'spans are sent again');
      }
      this.#failing = failing;
      done(result);
    };
    if (this.#requests >= MAX_REQUESTS) {
      end({ code: ExportResultCode.FAILED, error: new Error('the endpoint does not answer') });
      return;
    }
    this.#requests++;
    this.exporter.export(spans, (result) => {
      this.#requests--;
      end(result);
    });
  }

  public shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }
}

/** The exporter of a name. @throws Error when there is no such exporter. */
export function exporterNamed(name: string): SpanExporter {
  switch (name) {
    case 'otlp':
      return new OTLPTraceExporter();
    case 'zipkin':
      return new ZipkinExporter();
    default:
      throw new Error(
        withCode('EP8001', `${TRACING_ENV.exporter} (${name}) must be otlp, zipkin or none`),
      );
  }
}

/** Sends spans in batches in the background. */
export function batches(exporter: SpanExporter, log: Logger): BatchSpanProcessor {
  return new BatchSpanProcessor({
    exporter: new LimitedExporter(exporter, log),
    maxQueueSize: MAX_QUEUED_SPANS,
    maxExportBatchSize: BATCH,
    scheduledDelayMillis: DELAY,
    exportTimeoutMillis: 10_000,
  });
}
