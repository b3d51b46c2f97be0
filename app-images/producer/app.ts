import { createHash, randomUUID } from 'node:crypto';
import { TaskCreated, type TaskCreatedData } from '@cdk8s-event-platform/contracts';
import {
  type Publisher,
  PublishError,
  type RuntimeMetrics,
  type Work,
} from '@cdk8s-event-platform/runtime';
import Fastify, { type FastifyBaseLogger, type FastifyError, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { RUNTIME_PATHS } from '../../constructs/contracts/index.ts';

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
  properties: { 'idempotency-key': { type: 'string', pattern: '^[!-~]{1,200}$' } },
};

/** A task id for a client that has none: the first 52 bits of the event id's hash, plus one. */
export function taskIdOf(eventId: string): number {
  return Number.parseInt(createHash('sha256').update(eventId).digest('hex').slice(0, 13), 16) + 1;
}

/** What the producer's API is made of. */
export interface ProducerOptions {
  readonly publisher: Pick<Publisher, 'publish' | 'readiness'>;
  readonly metrics: RuntimeMetrics;
  readonly work: Work;
  readonly log: Logger;
}

/**
 * The producer's API. `POST /tasks` answers 202 once the broker has confirmed the event. With the
 * header `Idempotency-Key` a client may repeat a request safely: the key is the event's id.
 */
export function producerApp(options: ProducerOptions): FastifyInstance {
  const { publisher, metrics, work, log } = options;
  const loggerInstance: FastifyBaseLogger = log;
  const app = Fastify({
    loggerInstance,
    disableRequestLogging: true,
    bodyLimit: 256 * 1024,
    ajv: { customOptions: { allErrors: true, removeAdditional: false, coerceTypes: false } },
    schemaErrorFormatter: (errors, part) =>
      Object.assign(new Error(`${part} is not as expected`), {
        reasons: errors.map(({ instancePath, message, params }) => {
          const { additionalProperty = '' } = params as { additionalProperty?: string };
          return `${part}${instancePath} ${message ?? 'is wrong'} ${additionalProperty}`.trimEnd();
        }),
      }),
  });

  app.setErrorHandler((error: FastifyError & { reasons?: string[] }, _request, reply) => {
    if (error instanceof PublishError) {
      log.error({ reason: error.message }, 'not published');
      return reply
        .code(503)
        .header('retry-after', '5')
        .send({ error: 'the event could not be published; repeat with the same Idempotency-Key' });
    }
    const status = error.statusCode ?? (error.validation ? 400 : 500);
    if (status >= 500) {
      log.error({ reason: error.message }, 'request failed');
      return reply.code(status).send({ error: 'internal error' });
    }
    return reply
      .code(status)
      .send({ error: error.message, ...(error.reasons && { reasons: error.reasons }) });
  });

  app.post<{ Body: TaskRequest; Headers: { 'idempotency-key'?: string } }>(
    '/tasks',
    { schema: { body: TASK_REQUEST_SCHEMA, headers: HEADERS_SCHEMA } },
    (request, reply) =>
      work.track(async () => {
        const id = request.headers['idempotency-key'] ?? randomUUID();
        const time = new Date().toISOString();
        const event = await publisher.publish(
          TaskCreated,
          id,
          { task_id: taskIdOf(id), created_at: time, ...request.body },
          time,
        );
        return reply.code(202).send({ event_id: event.id, type: event.type, data: event.data });
      }),
  );

  app.get('/health', () => ({ status: 'ok' }));
  app.get(RUNTIME_PATHS.live, () => 'ok');
  app.get(RUNTIME_PATHS.ready, async (_request, reply) => {
    const reason = work.stopping ? 'stopping' : await publisher.readiness();
    return reply.code(reason === undefined ? 200 : 503).send(reason ?? 'ok');
  });
  app.get(RUNTIME_PATHS.metrics, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
  return app;
}
