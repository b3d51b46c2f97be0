import { SpanKind } from '@opentelemetry/api';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseTimestamp } from '@cdk8s-event-platform/contracts/internal';
import type { JobResult } from '../jobs/job-runner.ts';
import { describeFailure } from '../errors/failure.ts';
import type { Logger } from '../telemetry/logging.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';
import { formatTraceparent, markFailed, parseTraceparent } from '../telemetry/trace-context.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { ConcurrencyLimiter } from './concurrency-limiter.ts';
import { discardBody, readBody, sendJson } from './messages.ts';

/** Receives the calls of a server for jobs. */
export interface JobReceiver {
  /** Runs a job for a due time. Never throws. */
  run(job: string, due: Date, traceparent?: string): Promise<JobResult>;
}

/** Options of {@link JobEndpoint}. */
export interface JobEndpointOptions {
  /** Runs jobs. @default - none */
  readonly jobs?: JobReceiver | undefined;
  readonly metrics: RuntimeMetrics;
  readonly log: Logger;
  /** @default - no tracing */
  readonly tracing?: Tracing | undefined;
}

/** Jobs that run at the same time, each on a connection of its own, and those that wait. */
const LIMITS = { concurrency: 2, queueLimit: 64 };
/** Bytes of the body of a call. */
const MAX_BODY_BYTES = 4_096;

/** The due time in the body of a call; undefined when it has none. */
function dueIn(body: Buffer): Date | undefined {
  try {
    const { due } = JSON.parse(body.toString()) as { readonly due?: unknown };
    return typeof due === 'string' ? parseTimestamp(due) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Answers the sidecar's calls for jobs. Any status but 200 and 404 has the scheduler call again; 404 would have it
 * forget the job.
 *
 * @see https://docs.dapr.io/reference/api/jobs_api/
 */
export class JobEndpoint {
  readonly #limiter = new ConcurrencyLimiter(LIMITS);

  public constructor(private readonly options: JobEndpointOptions) {}

  /** Runs the job of a call. */
  public async receive(
    job: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { log, jobs } = this.options;
    try {
      const due = dueIn(await readBody(request, MAX_BODY_BYTES));
      if (jobs === undefined || due === undefined) {
        log.error({ job, reason: due ? 'no jobs' : 'no due time in the body' }, 'job refused');
        // Nobody of this app has registered it.
        sendJson(response, 200, { outcome: 'unknown' });
        return;
      }
      const result = await this.#limiter.run(() => this.#run(jobs, job, due, request));
      sendJson(response, result.outcome === 'failed' ? 500 : 200, { outcome: result.outcome });
    } catch (error) {
      log.error({ job, reason: describeFailure(error) }, 'job refused');
      discardBody(request);
      sendJson(response, 503, { outcome: 'failed' });
    }
  }

  async #run(
    jobs: JobReceiver,
    job: string,
    due: Date,
    request: IncomingMessage,
  ): Promise<JobResult> {
    const { log, metrics, tracing } = this.options;
    const parent = parseTraceparent(request.headers.traceparent);
    const span = tracing?.start(`job ${job}`, { kind: SpanKind.CONSUMER, parent });
    const context = span?.spanContext() ?? parent;
    const started = performance.now();
    const result = await jobs.run(job, due, context && formatTraceparent(context));
    const { outcome, error } = result;
    span?.setAttribute('event_platform.outcome', outcome);
    const fields = { job, due: due.toISOString() };
    if (outcome === 'unknown') {
      log.warn(fields, 'job is not known: it is forgotten');
    } else {
      metrics.jobRun(job, outcome, (performance.now() - started) / 1000);
    }
    if (outcome === 'failed') {
      log.error({ ...fields, reason: describeFailure(error) }, 'job failed');
      if (span !== undefined) {
        markFailed(span, error);
      }
    }
    span?.end();
    return result;
  }
}
