import { expect, it } from 'vitest';
import { openApi } from './open-api.ts';
import { Api } from './routes.ts';

const ORDER = {
  type: 'object',
  required: ['item'],
  properties: { item: { type: 'string', maxLength: 64 }, name: { type: 'string', pii: true } },
} as const;

function documentOf(declare: (api: Api) => void) {
  const api = new Api();
  declare(api);
  return openApi(api, { title: 'Orders', version: '1.2.0' }) as {
    openapi: string;
    info: object;
    paths: Record<string, Record<string, Operation>>;
  };
}

interface Operation {
  readonly summary?: string;
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: object }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<string, { readonly description: string; readonly content?: object }>;
}

it('describes body, parts of the path, and headers of a route', () => {
  const { openapi, info, paths } = documentOf((api) => {
    api.put(
      '/orders/:order_id/items/:item',
      {
        summary: 'Changes an item.',
        body: ORDER,
        ifMatch: 'required',
        idempotencyKeyRequired: true,
      },
      () => Promise.resolve(),
    );
  });
  expect({ openapi, info }).toEqual({
    openapi: '3.1.0',
    info: { title: 'Orders', version: '1.2.0' },
  });
  const operation = paths['/orders/{order_id}/items/{item}']!.put!;
  expect(operation.summary).toBe('Changes an item.');
  expect(operation.parameters.map((each) => [each.name, each.in, each.required])).toEqual([
    ['order_id', 'path', true],
    ['item', 'path', true],
    ['Idempotency-Key', 'header', true],
    ['If-Match', 'header', true],
  ]);
  expect(operation.requestBody?.content['application/json']?.schema).toEqual({
    ...ORDER,
    properties: { item: { type: 'string', maxLength: 64 }, name: { type: 'string' } },
  });
  expect(Object.keys(operation.responses)).toEqual(['200', '412', '428', 'default']);
});

it('describes the query string and the answers of a route', () => {
  const { paths } = documentOf((api) => {
    api.get(
      '/orders',
      {
        query: {
          type: 'object',
          required: ['customer'],
          properties: { customer: { type: 'string' }, limit: { type: 'integer', minimum: 1 } },
        },
        answers: { 200: { schema: { type: 'array', items: ORDER } }, 304: {} },
      },
      () => Promise.resolve([]),
    );
    api.post('/orders', { body: ORDER }, () => Promise.resolve());
  });
  const { parameters, responses } = paths['/orders']!.get!;
  expect(parameters).toEqual([
    { name: 'customer', in: 'query', required: true, schema: { type: 'string' } },
    { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1 } },
  ]);
  expect(responses).toMatchObject({
    200: { description: 'OK', content: { 'application/json': { schema: { type: 'array' } } } },
    304: { description: 'Not Modified' },
  });
  expect(Object.keys(paths['/orders']!)).toEqual(['get', 'post']);
});

it('keeps a property that has the name of a mark', () => {
  const { paths } = documentOf((api) => {
    const body = { type: 'object', properties: { pii: true } } as const;
    api.post('/orders', { body }, () => Promise.resolve());
  });
  expect(paths['/orders']!.post!.requestBody?.content['application/json']?.schema).toEqual({
    ...{ type: 'object', properties: { pii: true } },
  });
});
