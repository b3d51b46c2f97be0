import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Ajv } from 'ajv';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import type pg from 'pg';
import { addPlatformFormats, markedTexts } from '@cdk8s-event-platform/contracts/internal';
import { Budget } from './budget.ts';
import { inTransaction, type Transaction } from '../database/database.ts';
import { inLazyTransaction, type LazyTransaction } from '../database/lazy-transaction.ts';
import { tellingCommits } from '../database/partial-commit.ts';
import type { EventPublisher } from '../outbox/event-publisher.ts';
import { classifyFailure } from '../errors/failure.ts';
import { readBody } from './messages.ts';
import { problemOf } from './api-problem.ts';
import { HttpProblem } from './problem.ts';
import { clientTrace, idempotencyKey, requireVersion } from './request-headers.ts';
import {
  type Api,
  ApiAnswer,
  type ApiRequest,
  type RequestTransaction,
  type Route,
} from './routes.ts';
import { answerOnce, fingerprintOf } from './idempotency.ts';
import { type JsonLimits, jsonPart, readJson } from '../events/json.ts';
import type { Logger } from '../telemetry/logging.ts';
import type { InFlightTracker } from './in-flight-tracker.ts';
import { type TracedRequest, traceRequest } from './trace-request.ts';
import { inTrace } from '../telemetry/current-trace.ts';
import type { Tracing } from '../telemetry/tracing.ts';

/** Default of the largest body, in bytes. */
const MAX_BODY_BYTES = 256 * 1024;
/** Bytes of all bodies that are being read. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;
/** Limits of a body. */
const BODY_LIMITS: JsonLimits = { depth: 32, values: 10_000 };
/** Further tries of a request whose transaction conflicts with another. */
const MAX_RETRIES = 2;

/** Options of {@link httpApi}. */
export interface HttpApiOptions {
  readonly appId: string;
  readonly source: string;
  readonly api: Api;
  readonly pool: pg.Pool;
  readonly publisher: EventPublisher;
  readonly inFlight: InFlightTracker;
  readonly log: Logger;
  /** Called after each request that may have published events. @default - not called */
  readonly committed?: () => void;
  /** @default - no tracing */
  readonly tracing?: Tracing | undefined;
}

/** Parses bodies within limits: JSON in UTF-8 without lone surrogates. */
function parseBodies(app: FastifyInstance): void {
  const buffered = new Budget(MAX_BUFFERED_BYTES, 'bytes');
  // Fastify's own parsers do not use the budget.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    async (request: FastifyRequest, payload: Readable) => {
      const limit = request.routeOptions.bodyLimit;
      const body = await buffered
        .use((reserve) => readBody(payload, limit, reserve))
        .finally(() => payload.resume());
      if (body.length === 0) {
        throw new HttpProblem(400, 'the body is empty');
      }
      const { value, unicodeProblem } = readJson(jsonPart(body), BODY_LIMITS);
      const problem = unicodeProblem(value, 'body');
      if (problem !== undefined) {
        throw new HttpProblem(400, 'the body is not valid', {
          errors: [{ detail: problem }],
        });
      }
      return value;
    },
  );
}

/** Compiles schemas of one part of requests. A query string is text, and a body has types. */
function schemaCompiler(coerceTypes: boolean): Ajv {
  // Schemas of different routes may have the same `$id`.
  const ajv = new Ajv({ allErrors: true, strict: false, addUsedSchema: false, coerceTypes });
  addPlatformFormats(ajv);
  return ajv;
}

/** Personal data in the body of a request, as the schema of its route marks them. */
function personalIn({ body, routeOptions }: FastifyRequest): readonly string[] {
  const schema = (routeOptions.schema as { readonly body?: object } | undefined)?.body;
  return schema === undefined ? [] : markedTexts(schema, body, 'pii');
}

/** The answer to what a handler returned. */
function answerOf(returned: unknown): ApiAnswer {
  if (returned instanceof ApiAnswer) {
    return returned;
  }
  return returned === undefined ? new ApiAnswer(204) : new ApiAnswer(200, returned);
}

/** Retries a transaction that conflicts with another, unless a part was committed before: that is a PartlyCommittedError. */
const conflictRetry = retry(
  handleWhen((error) => classifyFailure(error) === 'conflict'),
  {
    maxAttempts: MAX_RETRIES,
    backoff: new ExponentialBackoff({ initialDelay: 10, maxDelay: 100 }),
  },
);

/** What `commit` is in a route that commits once. */
function commitsOnce(method: string, path: string): () => Promise<void> {
  return () =>
    Promise.reject(
      new Error(
        `route '${method} ${path}' commits once, after its handler: use the option transaction: 'first-query' to commit before`,
      ),
    );
}

/** Runs a handler and commits what it does, once for each key. */
function serve(
  { appId, pool, publisher }: HttpApiOptions,
  { method, path, handle, options }: Route,
  request: ApiRequest,
  key: string | undefined,
): Promise<{ readonly answer: ApiAnswer; readonly repeated: boolean }> {
  const answerIn = async (tx: Transaction & Partial<LazyTransaction>) => {
    const own: RequestTransaction = {
      query: tx.query.bind(tx),
      commit: tx.commit ?? commitsOnce(method, path),
      ...publisher.in(tx, { cause: request }),
    };
    return answerOf(await inTrace(request.traceparent, () => handle(own, request)));
  };
  const attempt = async () => {
    if ((options.transaction ?? (method === 'GET' ? 'first-query' : 'request')) === 'first-query') {
      return { answer: await inLazyTransaction(pool, answerIn), repeated: false };
    }
    return inTransaction(pool, async (tx) => {
      if (key === undefined) {
        return { answer: await answerIn(tx), repeated: false };
      }
      const { params, query, body } = request;
      const fingerprint = fingerprintOf(method, path, params, query ?? null, body ?? null);
      const answered = await answerOnce(tx, { appId, key, fingerprint }, () => answerIn(tx));
      return answered instanceof ApiAnswer
        ? { answer: answered, repeated: false }
        : {
            answer: new ApiAnswer(answered.status, answered.body, answered.headers),
            repeated: true,
          };
    });
  };
  return conflictRetry.execute(() => tellingCommits(attempt));
}

/** The request as its handler gets it. */
function requestOf(
  request: FastifyRequest,
  source: string,
  key: string | undefined,
  traceparent: string | undefined,
): ApiRequest {
  return {
    source,
    id: key ?? randomUUID(),
    traceparent,
    body: request.body,
    query: request.query,
    params: request.params as Record<string, string>,
    headers: request.headers,
  };
}

/**
 * The HTTP API of an app. It does not listen: the server of the app passes on requests that are not the runtime's own,
 * and tests use `inject`.
 */
export function httpApi(options: HttpApiOptions): FastifyInstance {
  const { source, api, inFlight, log, tracing, committed } = options;
  const traced = new WeakMap<FastifyRequest, TracedRequest>();
  const app = Fastify({ logger: false, bodyLimit: MAX_BODY_BYTES });
  // One for all routes: most of its time goes into its first schema.
  const [bodies, queries] = [schemaCompiler(false), schemaCompiler(true)];
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'querystring' ? queries : bodies).compile(schema as object),
  );
  parseBodies(app);
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemOf(error, log, personalIn(request));
    return reply
      .code(problem.status)
      .headers(problem.options.headers ?? {})
      .type('application/problem+json')
      .send(problem.body);
  });
  app.setNotFoundHandler((request) => {
    throw new HttpProblem(404, `no route ${request.method} ${request.url.split('?', 1)[0]!}`);
  });
  for (const route of api.routes) {
    const { method, path, options: taken } = route;
    app.route({
      method,
      url: path,
      ...(taken.maxBodyBytes !== undefined && { bodyLimit: taken.maxBodyBytes }),
      schema: {
        ...(taken.body !== undefined && { body: taken.body }),
        ...(taken.query !== undefined && { querystring: taken.query }),
      },
      // Before the body is checked, so that refused requests have a span, too.
      ...(tracing !== undefined && {
        onRequest: (request, _reply, done) => {
          const { traceparent } = request.headers;
          traced.set(request, traceRequest(tracing, { method, route: path, traceparent }));
          done();
        },
        onResponse: (request, reply, done) => {
          traced.get(request)?.end(reply.statusCode);
          done();
        },
      }),
      handler: (request, reply) =>
        inFlight.track(async () => {
          const key = idempotencyKey(request, route);
          requireVersion(request, route);
          const traceparent = traced.get(request)?.traceparent ?? clientTrace(request);
          const { answer, repeated } = await serve(
            options,
            route,
            requestOf(request, source, key, traceparent),
            key,
          );
          committed?.();
          reply
            .code(answer.status)
            .headers({ ...answer.headers, ...(repeated && { 'idempotency-replayed': 'true' }) });
          return answer.body === undefined
            ? reply.send()
            : reply.type('application/json').send(JSON.stringify(answer.body));
        }),
    });
  }
  return app;
}
