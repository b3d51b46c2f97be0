import { withCode } from '@cdk8s-event-platform/contracts/internal';
import type { IncomingHttpHeaders } from 'node:http';
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { isRuntimePath } from '@cdk8s-event-platform/contracts/interface';
import type { Cause } from '../events/causation.ts';
import type { Transaction } from '../database/database.ts';
import type { EventPublishing } from '../outbox/event-publisher.ts';

/** Type that a schema describes; `unknown` without a schema. */
type Described<Schema> = Schema extends JSONSchema ? FromSchema<Schema> : unknown;

/** Options of a route. */
export interface RouteOptions<
  Body extends JSONSchema | undefined = JSONSchema | undefined,
  Query extends JSONSchema | undefined = JSONSchema | undefined,
> {
  /** One line on what the route does, for its description. @default - none */
  readonly summary?: string;
  /** JSON Schema (draft 7) of the body. @default - no body */
  readonly body?: Body;
  /** JSON Schema of the query string; numbers and booleans are converted. @default - not checked */
  readonly query?: Query;
  /** Whether clients must send an `Idempotency-Key`. @default false */
  readonly idempotencyKeyRequired?: boolean;
  /**
   * Whether clients say by `If-Match` which version they change, and whether they must: a request without it is
   * answered with 428. The handler compares it, with {@link checkIfMatch}.
   * @default - the header is not looked at
   */
  readonly ifMatch?: 'optional' | 'required';
  /**
   * When the transaction begins: with the request, or with the first query. With `first-query`, a handler may wait for
   * others, such as for the answer to a command, without a connection; a repeated `Idempotency-Key` runs it again, under
   * the same `id`.
   * @default 'first-query' for routes that read, 'request' for others
   */
  readonly transaction?: 'request' | 'first-query';
  /** What the route answers, by status, for its description. Answers are not checked. @default - 200 */
  readonly answers?: Readonly<Record<number, AnswerDescription>>;
  /** Largest body, in bytes. @default 262144 */
  readonly maxBodyBytes?: number;
}

/** Description of an answer. */
export interface AnswerDescription {
  /** @default - the reason phrase of the status */
  readonly description?: string;
  /** JSON Schema (draft 7) of the body. @default - no body */
  readonly schema?: JSONSchema;
}

/** A request that matches the schemas of its route. */
export interface ApiRequest<Body = unknown, Query = unknown> extends Cause {
  /** The client's `Idempotency-Key`, or an id of its own. */
  readonly id: string;
  readonly body: Body;
  readonly query: Query;
  /** Parts of the path, by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
}

/** The transaction of a request: what a handler writes and publishes in it commits together, before the answer. */
export interface RequestTransaction extends Transaction, EventPublishing {
  /**
   * Commits what was done so far, and gives the connection back: before something is waited for, such as the answer to a
   * command. The next query begins another transaction. Only in routes whose `transaction` is `first-query`.
   *
   * @throws Error in another route: what its handler does commits together.
   */
  commit(): Promise<void>;
}

/** An answer with a status. */
export class ApiAnswer {
  public constructor(
    public readonly status: number,
    /** JSON value. @default - no body */
    public readonly body?: unknown,
    public readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/**
 * Creates an answer with another status than 200.
 *
 * @example
 * return answer(201, { order_id }, { location: `/orders/${order_id}` });
 */
export function answer(
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): ApiAnswer {
  return new ApiAnswer(status, body, headers);
}

/**
 * Answers a request: with what it returns as JSON (200), with nothing (204), or with an {@link answer}.
 * A thrown HttpProblem refuses it.
 */
export type RouteHandler<Body = unknown, Query = unknown> = (
  tx: RequestTransaction,
  request: ApiRequest<Body, Query>,
) => Promise<unknown>;

/** HTTP methods of routes. */
export type ApiMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One route of an app. */
export interface Route {
  readonly method: ApiMethod;
  /** Path with names of its parts, e.g. `/orders/:order_id`. */
  readonly path: string;
  readonly options: RouteOptions;
  readonly handle: RouteHandler;
}

/** Declares a route of one method. */
type Declare = <
  const Body extends JSONSchema | undefined = undefined,
  const Query extends JSONSchema | undefined = undefined,
>(
  path: string,
  options: RouteOptions<Body, Query>,
  handle: RouteHandler<Described<Body>, Described<Query>>,
) => void;

/**
 * Collects the routes of an app. Each runs in a transaction; that of a route which reads begins with its first query, so
 * that an answer from elsewhere, such as a cache, needs no database. A client may repeat a request with the same
 * `Idempotency-Key`: it is answered as before, and changes nothing.
 *
 * @example
 * api.post('/orders', { body: PlaceOrder }, async (tx, { id, body }) => {
 *   await tx.query('INSERT INTO orders (id, customer) VALUES ($1, $2)', [id, body.customer_id]);
 *   await tx.publish(OrderPlaced, { order_id: id, ...body });
 *   return answer(201, { order_id: id });
 * });
 */
export class Api {
  readonly #routes: Route[] = [];

  /** The routes, as declared. */
  public get routes(): readonly Route[] {
    return [...this.#routes];
  }

  /** Declares a route that reads. */
  public readonly get: Declare = this.#declare('GET');
  /** Declares a route that creates or does something. */
  public readonly post: Declare = this.#declare('POST');
  /** Declares a route that creates or replaces what is at the path. */
  public readonly put: Declare = this.#declare('PUT');
  /** Declares a route that changes what is at the path. */
  public readonly patch: Declare = this.#declare('PATCH');
  /** Declares a route that deletes what is at the path. */
  public readonly delete: Declare = this.#declare('DELETE');

  #declare(method: ApiMethod): Declare {
    return (path, options, handle) => {
      if (!path.startsWith('/') || isRuntimePath(path)) {
        throw new Error(
          withCode(
            'EP8002',
            `route '${method} ${path}' is not usable: begin with '/', and leave paths such as /healthz and /events to the runtime`,
          ),
        );
      }
      if (this.#routes.some((route) => route.method === method && route.path === path)) {
        throw new Error(
          withCode('EP8002', `route '${method} ${path}' is declared twice: keep one`),
        );
      }
      this.#routes.push({ method, path, options, handle: handle as RouteHandler });
    };
  }
}
