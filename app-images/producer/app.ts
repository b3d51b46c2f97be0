import { createHash, randomUUID } from 'node:crypto';
import { TaskCreated, type TaskCreatedData } from '@cdk8s-event-platform/contracts';
import type { Readable } from 'node:stream';
import {
  addPlatformFormats,
  boundedReasons,
  Budget,
  classifyFailure,
  describeFailure,
  InvalidEventError,
  type JsonLimits,
  jsonPart,
  limitConnections,
  type Logger,
  OverloadError,
  publicReadiness,
  readBody,
  readJson,
  type Readiness,
  serverLimits,
  type TracedRequest,
  traceRequest,
  type Tracing,
  type Work,
} from '@cdk8s-event-platform/runtime';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import { RUNTIME_PATHS } from '../../constructs/contracts/index.ts';
import { type AcceptedTasks, KeyReusedError } from './accepted-tasks.ts';

/** What a client may leave out of a new task. */
type TaskRequest = Omit<TaskCreatedData, 'task_id' | 'created_at'> &
  Partial<Pick<TaskCreatedData, 'task_id' | 'created_at'>>;

const FILLED_IN: ReadonlySet<string> = new Set(['task_id', 'created_at']);

/** The contract's own schema, but for what the producer fills in, and without unknown properties. */
const TASK_REQUEST_SCHEMA = {
  ...(TaskCreated.schema as object),
  required: (TaskCreated.schema.required ?? []).filter((name) => !FILLED_IN.has(name)),
  additionalProperties: false,
};

const HEADERS_SCHEMA = {
  type: 'object',
  properties: {
    'idempotency-key': { type: 'string', pattern: '^[!-~]{1,200}$' },
    traceparent: { type: 'string', pattern: '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' },
  },
};

/** Largest request, in bytes. */
const BODY_LIMIT = 256 * 1024;
/** Bytes of all requests that are being read. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;
/** A task has five properties: what has many more values is no task, and would only cost time to refuse. */
const BODY_LIMITS: JsonLimits = { depth: 16, values: 1_000 };

/** Has bodies read within bounds, and as what they are: JSON in UTF-8 without half characters. */
function parseBodies(app: FastifyInstance): void {
  const buffered = new Budget(MAX_BUFFERED_BYTES, 'bytes');
  // Those that come with Fastify know nothing of the budget.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    async (_request: FastifyRequest, payload: Readable) => {
      const body = await buffered
        .share((take) => readBody(payload, BODY_LIMIT, take))
        .finally(() => payload.resume());
      if (body.length === 0) {
        throw new InvalidEventError('the body is empty');
      }
      const { value, unicodeProblem } = readJson(jsonPart(body), { limits: BODY_LIMITS });
      const problem = unicodeProblem(value, 'body');
      if (problem !== undefined) {
        throw new InvalidEventError(problem);
      }
      return value;
    },
  );
}

/** A task id for a client that has none: the first 52 bits of the event id's hash, plus one. */
export function taskIdOf(eventId: string): number {
  return Number.parseInt(createHash('sha256').update(eventId).digest('hex').slice(0, 13), 16) + 1;
}

/** What the producer's API is made of. */
export interface ProducerOptions {
  readonly accepted: Pick<AcceptedTasks, 'accept'>;
  readonly readiness: Readiness;
  readonly work: Work;
  readonly log: Logger;
  /** Makes a span of each request that is sampled. @default - nothing is traced */
  readonly tracing?: Tracing | undefined;
  /** Time for a client to send its request, in milliseconds. @default 30000 */
  readonly requestTimeout?: number;
}

/**
 * The producer's API. `POST /tasks` answers 202 once the task is committed; it is published from there,
 * be the broker up or down. With the header `Idempotency-Key` a client may repeat a request safely: the
 * key is the event's id.
 */
export function producerApp(options: ProducerOptions): FastifyInstance {
  const { accepted, readiness, work, log, tracing, requestTimeout } = options;
  const traced = new WeakMap<FastifyRequest, TracedRequest>();
  const limits = serverLimits(requestTimeout);
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    http: limits,
    // Otherwise Fastify sets it to none.
    requestTimeout: limits.requestTimeout,
    ajv: {
      customOptions: { allErrors: true, removeAdditional: false, coerceTypes: false },
      onCreate: addPlatformFormats,
    },
    schemaErrorFormatter: (errors, part) =>
      Object.assign(new Error(`${part} is not as expected`), {
        reasons: boundedReasons(errors, ({ instancePath, message, params }) => {
          const { additionalProperty = '' } = params as { additionalProperty?: string };
          return `${part}${instancePath} ${message ?? 'is wrong'} ${additionalProperty}`.trimEnd();
        }),
      }),
  });
  limitConnections(app.server);
  parseBodies(app);

  app.setErrorHandler((error: FastifyError & { reasons?: readonly string[] }, _request, reply) => {
    if (error instanceof KeyReusedError) {
      return reply.code(422).send({ error: error.message });
    }
    if (error instanceof InvalidEventError) {
      return reply.code(400).send({ error: 'body is not as expected', reasons: error.reasons });
    }
    if (error instanceof OverloadError) {
      return reply.code(503).header('retry-after', '1').send({ error: 'too much is in progress' });
    }
    if (error.statusCode === undefined && classifyFailure(error) === 'unavailable') {
      log.warn({ reason: describeFailure(error) }, 'task not accepted');
      return reply
        .code(503)
        .header('retry-after', '5')
        .send({ error: 'the task could not be stored; repeat with the same Idempotency-Key' });
    }
    const status = error.statusCode ?? (error.validation ? 400 : 500);
    if (status >= 500) {
      log.error({ reason: describeFailure(error) }, 'request failed');
      return reply.code(status).send({ error: 'internal error' });
    }
    return reply
      .code(status)
      .send({ error: error.message, ...(error.reasons && { reasons: error.reasons }) });
  });

  app.post<{
    Body: TaskRequest;
    Headers: { 'idempotency-key'?: string; traceparent?: string };
  }>(
    '/tasks',
    {
      schema: { body: TASK_REQUEST_SCHEMA, headers: HEADERS_SCHEMA },
      // Before the body is checked, so that what is refused has a span, too.
      ...(tracing !== undefined && {
        onRequest: (request, _reply, done) => {
          const { method, headers } = request;
          const { traceparent } = headers;
          traced.set(request, traceRequest(tracing, { method, route: '/tasks', traceparent }));
          done();
        },
        onResponse: (request, reply, done) => {
          traced.get(request)?.end(reply.statusCode);
          done();
        },
      }),
    },
    (request, reply) =>
      work.track(async () => {
        const id = request.headers['idempotency-key'] ?? randomUUID();
        const time = new Date().toISOString();
        const data = await accepted.accept({
          id,
          time,
          request: request.body,
          data: { task_id: taskIdOf(id), created_at: time, ...request.body },
          traceparent: traced.get(request)?.traceparent ?? request.headers.traceparent,
        });
        return reply.code(202).send({ event_id: id, type: TaskCreated.type, data });
      }),
  );

  app.get('/health', () => ({ status: 'ok' }));
  app.get(RUNTIME_PATHS.live, () => 'ok');
  const isReady = publicReadiness(readiness, log);
  app.get(RUNTIME_PATHS.ready, async (_request, reply) => {
    const ready = !work.stopping && (await isReady());
    return reply.code(ready ? 200 : 503).send(ready ? 'ok' : 'not ready');
  });
  return app;
}
