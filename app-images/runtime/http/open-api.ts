import { STATUS_CODES } from 'node:http';
import { MARKS } from '@cdk8s-event-platform/contracts/internal';
import type { Api, Route } from './routes.ts';

/** What a description of an API says of itself. */
export interface OpenApiInfo {
  /** Name of the API. */
  readonly title: string;
  /** Version of the API, e.g. `1.0.0`. */
  readonly version: string;
  /** @default - none */
  readonly description?: string;
}

/** Keywords whose value names properties: these are no keywords themselves. */
const NAMING = new Set(['properties', 'patternProperties', 'definitions', 'dependencies']);

/** A JSON Schema without keywords of the platform, which no other reader knows. */
function portable(schema: unknown): unknown {
  if (Array.isArray(schema)) {
    return (schema as unknown[]).map(portable);
  }
  if (typeof schema !== 'object' || schema === null) {
    return schema;
  }
  return Object.fromEntries(
    Object.entries(schema as Record<string, unknown>)
      .filter(
        ([keyword, value]) => !(MARKS as readonly string[]).includes(keyword) || value !== true,
      )
      .map(([keyword, value]) => [
        keyword,
        NAMING.has(keyword) ? portableEach(value) : portable(value),
      ]),
  );
}

function portableEach(schemas: unknown): unknown {
  return Object.fromEntries(
    Object.entries(schemas as Record<string, unknown>).map(([name, each]) => [
      name,
      portable(each),
    ]),
  );
}

const PROBLEM = {
  description: 'The request was refused, or failed.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['title', 'status'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { detail: { type: 'string' }, pointer: { type: 'string' } },
      },
    },
  },
};

/** A header of requests, as a parameter. */
function header(name: string, required: boolean, description: string): object {
  return { name, in: 'header', required, description, schema: { type: 'string' } };
}

/** Parts of the path, the query string and the headers that a route reads. */
function parameters({ method, path, options }: Route): object[] {
  const { query, idempotencyKeyRequired = false, ifMatch } = options;
  const { properties = {}, required = [] } = (query ?? {}) as {
    properties?: Readonly<Record<string, object>>;
    required?: readonly string[];
  };
  return [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      ...{ name, in: 'path', required: true, schema: { type: 'string' } },
    })),
    ...Object.entries(properties).map(([name, schema]) => ({
      ...{ name, in: 'query', required: required.includes(name), schema: portable(schema) },
    })),
    ...(method === 'GET'
      ? []
      : [
          header(
            'Idempotency-Key',
            idempotencyKeyRequired,
            'A request that is repeated with the same key changes nothing, and is answered as before.',
          ),
        ]),
    ...(ifMatch === undefined
      ? []
      : [
          header(
            'If-Match',
            ifMatch === 'required',
            'The ETag of the version that is changed; another version is refused (412).',
          ),
        ]),
  ];
}

/** What a route answers, by status. */
function responses({ options: { answers = {}, ifMatch } }: Route): object {
  const declared = Object.entries(answers).map(
    ([status, { description, schema }]): [string, object] => [
      status,
      {
        description: description ?? STATUS_CODES[status] ?? 'An answer.',
        ...(schema !== undefined && {
          content: { 'application/json': { schema: portable(schema) } },
        }),
      },
    ],
  );
  return {
    ...(declared.length === 0 && { 200: { description: 'OK' } }),
    ...Object.fromEntries(declared),
    ...(ifMatch !== undefined && {
      412: { ...PROBLEM, description: 'Another client has changed it meanwhile.' },
    }),
    ...(ifMatch === 'required' && { 428: { ...PROBLEM, description: 'If-Match is missing.' } }),
    default: PROBLEM,
  };
}

/**
 * Describes the routes of an API as an OpenAPI 3.1 document.
 *
 * @example
 * api.get('/openapi.json', {}, () => Promise.resolve(openApi(api, { title: 'Orders', version: '1.0.0' })));
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApi(api: Api, info: OpenApiInfo): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of api.routes) {
    const { method, path, options } = route;
    const operations = (paths[path.replaceAll(/:(\w+)/g, '{$1}')] ??= {});
    operations[method.toLowerCase()] = {
      ...(options.summary !== undefined && { summary: options.summary }),
      parameters: parameters(route),
      ...(options.body !== undefined && {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: portable(options.body) } },
        },
      }),
      responses: responses(route),
    };
  }
  return {
    openapi: '3.1.0',
    info,
    paths,
    components: { schemas: { Problem: PROBLEM_SCHEMA } },
  };
}
