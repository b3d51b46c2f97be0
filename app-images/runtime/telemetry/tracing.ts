import { withCode } from '@cdk8s-event-platform/contracts/internal';
import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanKind,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  ParentBasedSampler,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { TRACE_SAMPLER, TRACING_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { Logger } from './logging.ts';
import { batches, exporterNamed } from './trace-export.ts';

/** Longest time to send the remaining spans when the process stops, in milliseconds. */
const FLUSH_TIMEOUT = 3_000;
/** Options of {@link Tracing}. */
export interface TracingOptions {
  readonly appId: string;
  /** `messaging.system` of spans about events. */
  readonly system: string;
  /** Ratio of new traces that are sampled, 0 to 1. */
  readonly samplingRatio: number;
  /** Exports the spans that are sampled. */
  readonly processor: SpanProcessor;
  /** Service that spans belong to. @default - the app id */
  readonly service?: string | undefined;
}

/** How a span starts. */
export interface SpanStart {
  readonly kind: SpanKind;
  /** Context of the parent span. @default - the span starts a trace */
  readonly parent?: SpanContext | undefined;
  /** Milliseconds since 1970. @default - now */
  readonly startTime?: number;
  readonly attributes?: Attributes;
}

/** Creates and exports the spans of one process. */
export class Tracing {
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;

  public constructor(public readonly options: TracingOptions) {
    this.#provider = new TracerProvider({
      resource: defaultResource().merge(
        resourceFromAttributes({ 'service.name': options.service ?? options.appId }),
      ),
      sampler: new ParentBasedSampler({
        root: new TraceIdRatioBasedSampler(options.samplingRatio),
      }),
      spanProcessors: [options.processor],
    });
    this.#tracer = this.#provider.getTracer('cdk8s-event-platform');
  }

  /** Starts a span. One that is not sampled has only a context. */
  public start(name: string, { parent, ...options }: SpanStart): Span {
    const context =
      parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    return this.#tracer.startSpan(name, options, context);
  }

  /** Sends the remaining spans within three seconds. Never fails. */
  public async stop(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, FLUSH_TIMEOUT)));
    await Promise.race([this.#provider.shutdown().catch(() => undefined), late]);
    clearTimeout(timer);
  }
}

/** Ratio in `OTEL_TRACES_SAMPLER_ARG`. @throws Error when it is not a ratio, or the sampler is unknown. */
function samplingFromEnv(): number {
  const sampler = process.env[TRACING_ENV.sampler] ?? TRACE_SAMPLER;
  if (sampler !== TRACE_SAMPLER) {
    throw new Error(
      withCode('EP8001', `${TRACING_ENV.sampler} (${sampler}) must be ${TRACE_SAMPLER}`),
    );
  }
  const given = process.env[TRACING_ENV.samplerArgument] ?? '1';
  const ratio = Number(given);
  if (given.trim() === '' || !(ratio >= 0 && ratio <= 1)) {
    throw new Error(
      withCode('EP8001', `${TRACING_ENV.samplerArgument} (${given}) must be a ratio from 0 to 1`),
    );
  }
  return ratio;
}

/** Tracing with the exporter of this name, and otherwise as the environment says. */
export function tracingWith(exporter: string, appId: string, log: Logger): Tracing {
  return new Tracing({
    appId,
    system: process.env[TRACING_ENV.messagingSystem] ?? 'dapr',
    samplingRatio: samplingFromEnv(),
    processor: batches(exporterNamed(exporter), log),
    service: process.env[TRACING_ENV.serviceName],
  });
}
