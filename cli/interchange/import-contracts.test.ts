import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BILLING_3, RETURN, SHOP_2, SHOP_2_GIVEN } from './testing/documents.ts';
import { TemporaryFolder } from './testing/temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

function writeShop(): void {
  folder.write('shop.yaml', SHOP_2);
  folder.write('schemas/return.json', RETURN);
}

describe('contracts import', () => {
  it('writes a contract for each message of AsyncAPI 2', async () => {
    writeShop();
    const { output } = await folder.call(
      'import',
      'shop.yaml',
      ...SHOP_2_GIVEN,
      '--out',
      'events/shop.ts',
    );
    expect(output).toBe(
      'wrote events/shop.ts\n  OrderPlaced: com.shop.order.placed\n  OrderCancelled: com.shop.order.cancelled\n  OrderReturned: com.shop.order.returned\n',
    );
    expect(folder.read('events/shop.ts')).toMatchInlineSnapshot(`
      "import { defineEvent, type EventSchema } from '@cdk8s-event-platform/contracts';

      /** Of the shop. */
      export const OrderPlaced = defineEvent({
        type: 'com.shop.order.placed',
        version: '1.0.0',
        topic: 'shop.orders',
        key: 'order_id',
        description: 'Of the shop.',
        schema: {
          type: 'object',
          required: ['order_id', 'customer', 'lines'],
          properties: {
            order_id: { $ref: '#/definitions/OrderId' },
            customer: { type: 'string' },
            lines: { type: 'array', items: { $ref: '#/definitions/Line' } },
            total: { type: 'number', exclusiveMinimum: 0 },
          },
          definitions: {
            OrderId: { type: 'string', format: 'uuid' },
            Line: {
              type: 'object',
              properties: {
                sku: {
                  anyOf: [
                    { type: 'string', maxLength: 20 },
                    { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 },
                  ],
                },
                count: { type: 'integer', format: 'int32', minimum: -2147483648, maximum: 2147483647 },
                weight: { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 },
                parts: { type: 'array', items: { $ref: '#/definitions/Line' } },
                note: { type: 'string' },
              },
            },
          },
        } as EventSchema,
      });

      /** An order was cancelled. * / */
      export const OrderCancelled = defineEvent({
        type: 'com.shop.order.cancelled',
        version: '1.0.0',
        topic: 'shop.orders',
        key: 'order_id',
        description: 'An order was cancelled. */',
        schema: {
          type: 'object',
          required: ['order_id'],
          properties: {
            order_id: { $ref: '#/definitions/OrderId' },
            reason: { type: ['string', 'null'], examples: ['broken'] },
          },
          definitions: { OrderId: { type: 'string', format: 'uuid' } },
        },
      });

      /** Event com.shop.order.returned. */
      export const OrderReturned = defineEvent({
        type: 'com.shop.order.returned',
        version: '1.0.0',
        topic: 'shop.returns',
        key: 'id',
        description: 'Event com.shop.order.returned.',
        schema: {
          type: 'object',
          required: ['id', 'items'],
          properties: {
            id: { type: 'string', maxLength: 128 },
            items: {
              type: 'array',
              items: [{ $ref: '#/definitions/Item' }],
              minItems: 1,
              additionalItems: false,
            },
            status: { $ref: '#/definitions/Status' },
          },
          additionalProperties: false,
          dependencies: { id: ['items'] },
          definitions: {
            Item: { type: 'object', properties: { sku: { const: 'a' } } },
            Status: { enum: ['open', 'closed'] },
          },
        },
      });
      "
    `);
  });

  it('says what it has changed or left out, each with its place', async () => {
    writeShop();
    const { notes } = await folder.call('import', 'shop.yaml', ...SHOP_2_GIVEN);
    expect(notes).toMatchInlineSnapshot(`
      "note: shop.yaml#/components/messages/OrderPlaced: headers, correlationId left out: a contract describes the data alone
      note: shop.yaml#/components/messages/OrderPlaced/payload: 'time' is optional in the envelope: apps reject events without it
      note: shop.yaml#/components/messages/OrderPlaced/payload: attributes tenant left out: a contract describes the data alone
      note: shop.yaml#/components/schemas/Line: type 'object' is added, which 'properties' is of
      note: shop.yaml#/components/schemas/Line/properties/sku: types string, integer become 'anyOf' with one type each
      note: shop.yaml#/components/schemas/Line/properties/sku/anyOf/1: minimum -9007199254740991 and maximum 9007199254740991 are added, beyond which JSON rounds integers
      note: shop.yaml#/components/schemas/Line/properties/count: minimum -2147483648 and maximum 2147483647 are added, which format 'int32' means
      note: shop.yaml#/components/schemas/Line/properties/weight: minimum -9007199254740991 and maximum 9007199254740991 are added, beyond which JSON rounds integers
      note: shop.yaml#/components/schemas/Line/properties/note: 'minimum' is left out: it means nothing for type string
      note: shop.yaml#/components/schemas/Line/properties/note: format 'weird' is left out: it is not known
      note: shop.yaml#/components/schemas/Line/properties/note: 'x-internal' is left out: it is not a keyword of draft 7
      note: shop.yaml#/components/schemas/Line/properties/note: 'xml' is left out: it is not a keyword of draft 7
      note: shop.yaml#/components/schemas/Order/allOf/1/properties/total: 'exclusiveMinimum' becomes a number
      note: shop.yaml#/components/schemas/Order: the parts of 'allOf' become one schema
      note: shop.yaml#/components/messages/OrderCancelled/payload: 'time' is optional in the envelope: apps reject events without it
      note: shop.yaml#/components/messages/OrderCancelled/payload: attributes tenant left out: a contract describes the data alone
      note: shop.yaml#/components/messages/OrderCancelled/payload/allOf/1/properties/data/properties/reason: 'example' becomes 'examples'
      note: shop.yaml#/components/messages/OrderCancelled/payload/allOf/1/properties/data/properties/reason: 'nullable' becomes the type 'null'
      note: shop.yaml#/channels/shop.returns/subscribe/message/payload: is taken for the data of the event: apps receive events in the envelope of CloudEvents, so its publisher has to send them so, with 'time'
      note: schemas/return.json#/$defs/Return: 'unevaluatedProperties' becomes 'additionalProperties'
      note: schemas/return.json#/$defs/Return: 'dependentRequired' becomes 'dependencies'
      note: schemas/return.json#/$defs/Return/properties/items: 'prefixItems' becomes 'items'
      note: shop.yaml#/channels/shop.returns/subscribe/message: maxLength 128 of 'id' is added: events with a longer key have no order
      note: com.shop.order.placed: its schema refers to itself, so for TypeScript its data is Record<string, unknown>
      "
    `);
  });

  it('reads AsyncAPI 3 with a topic, key and version that it says', async () => {
    folder.write('billing.yaml', BILLING_3);
    const { output, notes } = await folder.call(
      'import',
      'billing.yaml',
      '--message',
      'invoicePaid',
    );
    expect(output).toMatchInlineSnapshot(`
      "import { defineEvent } from '@cdk8s-event-platform/contracts';

      /** A customer has paid an invoice. */
      export const InvoicePaid = defineEvent({
        type: 'com.billing.invoice.paid',
        version: '2.0.0',
        topic: 'billing.invoices.v1',
        key: 'invoice_id',
        description: 'A customer has paid an invoice.',
        schema: {
          type: 'object',
          required: ['invoice_id', 'amount'],
          properties: {
            invoice_id: { type: 'string', maxLength: 40 },
            amount: { type: 'number', minimum: 0 },
          },
        },
      });
      "
    `);
    expect(notes).toBe('');
  });

  it('reads the components of a document without channels', async () => {
    folder.write('billing.yaml', BILLING_3.replace(/channels:[^]*?components:/, 'components:'));
    const { output } = await folder.call(
      'import',
      'billing.yaml',
      '--message',
      'invoicePaid',
      '--topic',
      'invoices',
    );
    expect(output).toContain("topic: 'invoices'");
  });

  it('reads a JSON Schema', async () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://example.com/stock.json',
      title: 'Stock',
      description: 'Stock has changed.',
      type: 'object',
      required: ['sku'],
      properties: {
        sku: { $ref: 'https://example.com/stock.json#/$defs/sku' },
        count: { $ref: '#count' },
      },
      $defs: {
        sku: { type: 'string', maxLength: 9 },
        count: { $anchor: 'count', type: 'integer', minimum: 0, maximum: 9 },
      },
    };
    folder.write('stock.json', schema);
    const options = [
      '--type',
      'com.example.stock.changed',
      '--topic',
      'stock',
      '--key',
      'sku',
      '--version',
      '1.2.3',
    ];
    const { output, notes } = await folder.call('import', 'stock.json', ...options);
    expect(output).toMatchInlineSnapshot(`
      "import { defineEvent } from '@cdk8s-event-platform/contracts';

      /** Stock has changed. */
      export const StockChanged = defineEvent({
        type: 'com.example.stock.changed',
        version: '1.2.3',
        topic: 'stock',
        key: 'sku',
        description: 'Stock has changed.',
        schema: {
          title: 'Stock',
          type: 'object',
          required: ['sku'],
          properties: { sku: { $ref: '#/$defs/sku' }, count: { $ref: '#/$defs/count' } },
          $defs: {
            sku: { type: 'string', maxLength: 9 },
            count: { type: 'integer', minimum: 0, maximum: 9 },
          },
        },
      });
      "
    `);
    expect(notes).toContain('stock.json#: is taken for the data of the event');
  });

  it('prints what was imported as JSON', async () => {
    folder.write('billing.yaml', BILLING_3);
    const { output } = await folder.call(
      'import',
      'billing.yaml',
      '--message',
      'invoicePaid',
      '--json',
      '--out',
      'a.ts',
    );
    expect(JSON.parse(output)).toMatchObject({
      file: 'a.ts',
      events: [{ name: 'InvoicePaid', type: 'com.billing.invoice.paid', version: '2.0.0' }],
      notes: [],
    });
  });

  it('explains itself', async () => {
    expect((await folder.call('import', '--help')).output).toContain(
      'event-platform contracts import FILE',
    );
    expect((await folder.call('--help')).output).toContain(
      'event-platform contracts export|import',
    );
  });

  it('asks for what a file does not say, with candidates', async () => {
    writeShop();
    await expect(folder.call('import', 'shop.yaml', '--out', 'a.ts')).rejects.toThrow(
      `'shop.yaml' does not say all of a contract (NAME=VALUE is for one message):
- OrderPlaced: use --key with one of order_id, customer; --version, e.g. 1.0.0; the version of the document is 4.2.0
- OrderCancelled: use --key with one of order_id; --version, e.g. 1.0.0; the version of the document is 4.2.0
- returned: use --type with e.g. com.example.order.placed; --key with one of id; --version, e.g. 1.0.0; the version of the document is 4.2.0`,
    );
    expect(Object.keys(folder.files())).toEqual(['schemas/return.json', 'shop.yaml']);
  });

  it('leaves a file as it is, unless it is told to overwrite it', async () => {
    folder.write('billing.yaml', BILLING_3);
    folder.write('a.ts', 'mine');
    const options = ['import', 'billing.yaml', '--message', 'invoicePaid', '--out', 'a.ts'];
    await expect(folder.call(...options)).rejects.toThrow(
      "'a.ts' is there already: use --force to overwrite it",
    );
    expect(folder.read('a.ts')).toBe('mine');
    await folder.call(...options, '--force');
    expect(folder.read('a.ts')).toContain('export const InvoicePaid');
    expect(Object.keys(folder.files())).toEqual(['a.ts', 'billing.yaml']);
  });

  it('writes texts of others so that they look like what they are', async () => {
    folder.write(
      'billing.yaml',
      BILLING_3.replace('A customer has', 'It */ \u202e has').replace(
        'minimum: 0',
        'description: "\u202e`${x}\' "',
      ),
    );
    const { output } = await folder.call('import', 'billing.yaml', '--message', 'invoicePaid');
    expect(output).not.toMatch(/[\u202e\u0007]/);
    expect(output).toContain('/** It * / \\u202e has');
  });
});

/** A document with one message, of AsyncAPI 3. */
function document(message: object, components: object = {}) {
  return {
    asyncapi: '3.0.0',
    info: { title: 'x', version: '1' },
    channels: { a: { address: 'a', messages: { M: message } } },
    components,
  };
}
/** A message with data. */
const withData = (data: object, more: object = {}) =>
  document({
    payload: {
      type: 'object',
      required: ['time'],
      properties: { specversion: {}, type: { const: 'com.example.a.b' }, data },
    },
    'x-event-contract': { version: '1.0.0', key: 'id' },
    ...more,
  });
const DATA = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', maxLength: 9 } },
};
/** Data with one more property. */
const withProperty = (schema: unknown, more: object = {}) =>
  withData({ ...DATA, properties: { ...DATA.properties, a: schema }, ...more });
const AT = '#/channels/a/messages/M';
const DATA_AT = `${AT}/payload/properties/data`;
const aliases = Array.from(
  { length: 9 },
  (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`,
).join('\n');

describe('contracts import refuses, and writes nothing', () => {
  it.each<[string, unknown, string]>([
    [
      'what is no YAML',
      'a: [1',
      "'bad.yaml' is neither YAML nor JSON that can be read: unexpected end of the stream",
    ],
    [
      'broken JSON',
      '{"asyncapi": "3.0.0",',
      "'bad.yaml' is neither YAML nor JSON that can be read",
    ],
    [
      'a key twice',
      'asyncapi: 3.0.0\nasyncapi: 3.0.0',
      'duplicated mapping key in "bad.yaml" (2:1)',
    ],
    ['several documents', 'a: 1\n---\nb: 1', 'expected a single document'],
    ['an empty file', '', "'bad.yaml' is neither"],
    ['a list', [], "'bad.yaml' is neither AsyncAPI nor JSON Schema: it is no object"],
    [
      'another object',
      { a: 1 },
      "'bad.yaml' is neither AsyncAPI nor JSON Schema: it has neither 'asyncapi' nor '$schema'",
    ],
    ['OpenAPI', { openapi: '3.1.0' }, "'bad.yaml' is OpenAPI, which describes requests"],
    [
      'AsyncAPI 1',
      { asyncapi: '1.2.0' },
      "asyncapi '1.2.0' of 'bad.yaml' is not known: use a document of 2.x or 3.x",
    ],
    ['AsyncAPI 4', { asyncapi: '4.0.0' }, "asyncapi '4.0.0' of 'bad.yaml' is not known"],
    ['no version', { asyncapi: null }, "asyncapi 'null' of 'bad.yaml' is not known"],
    ['no message', { asyncapi: '3.0.0', channels: {} }, "'bad.yaml' describes no message"],
    [
      'an alias of itself',
      'asyncapi: 3.0.0\nchannels: &a { b: *a }',
      'a YAML alias contains itself',
    ],
    [
      'aliases of aliases',
      `a0: &a0 [1,1,1,1,1,1,1,1,1]\n${aliases}`,
      'it has more than 200000 values',
    ],
    [
      'Avro',
      document({
        payload: { schemaFormat: 'application/vnd.apache.avro;version=1.9.0', schema: {} },
      }),
      `bad.yaml${AT}: schemaFormat 'application/vnd.apache.avro;version=1.9.0' is not JSON Schema: ask its team for a JSON Schema of the event`,
    ],
    [
      'another content',
      document({ contentType: 'application/octet-stream', payload: {} }),
      `bad.yaml${AT}: contentType 'application/octet-stream' is not JSON`,
    ],
    [
      'a message without payload',
      document({}),
      `bad.yaml${AT}: has no payload: add the schema of its event`,
    ],
    ['a message that is none', document('x' as never), `bad.yaml${AT}: is not a message`],
    [
      'a reference to the network',
      withData({ $ref: 'https://example.com/a/order.json#/x' }),
      `bad.yaml${DATA_AT}: $ref 'https://example.com/a/order.json#/x' is not a file: save what it names beside bad.yaml, and refer to the file, e.g. './order.json'`,
    ],
    [
      'a reference to nothing',
      withData({ $ref: '#/components/schemas/Order' }),
      `bad.yaml${DATA_AT}: $ref '#/components/schemas/Order' leads nowhere: correct it`,
    ],
    ['an anchor that is not there', withData({ $ref: '#order' }), `$ref '#order' leads nowhere`],
    [
      'a file that is not there',
      withData({ $ref: 'order.json' }),
      `bad.yaml${DATA_AT}: $ref 'order.json': no file 'order.json'`,
    ],
    [
      'a broken file',
      withData({ $ref: 'broken.json' }),
      `bad.yaml${DATA_AT}: $ref 'broken.json': 'broken.json' is neither YAML nor JSON`,
    ],
    [
      'a message that is a circle',
      {
        asyncapi: '2.0.0',
        channels: {},
        components: {
          messages: {
            a: { $ref: '#/components/messages/b' },
            b: { $ref: '#/components/messages/a' },
          },
        },
      },
      'bad.yaml#/components/messages/a: $ref leads in a circle, bad.yaml#/components/messages/a → bad.yaml#/components/messages/b → bad.yaml#/components/messages/a: let one of them be a value',
    ],
    [
      'a schema that is a circle',
      withProperty({ $ref: '#/components/schemas/A' }),
      'leads nowhere',
    ],
    [
      'a schema that is itself',
      withProperty({ $ref: `${DATA_AT}/properties/a` }),
      '$ref leads in a circle',
    ],
    [
      'a schema that refers to itself for the same value',
      withProperty(
        { $ref: `${DATA_AT}/definitions/A` },
        {
          definitions: { A: { anyOf: [{ type: 'string' }, { $ref: `${DATA_AT}/definitions/A` }] } },
        },
      ),
      `bad.yaml${DATA_AT}: #/properties/a of its schema refers to itself for the same value`,
    ],
    [
      'an envelope without data',
      document({ payload: { properties: { specversion: {}, type: {} } } }),
      "is an envelope of CloudEvents without 'data'",
    ],
    [
      'data that is a list',
      withData({ type: 'array' }),
      `bad.yaml${AT}: schema (an object with type) must be a JSON Schema of an object`,
    ],
    [
      'data that is no schema',
      withData(true as never),
      `bad.yaml${DATA_AT}: is not a schema of an object`,
    ],
    [
      'a key that is not there',
      withData({ ...DATA, properties: { other: {} } }),
      `bad.yaml${AT}: key 'id' must be a string or a bounded integer`,
    ],
    [
      'a key that may be left out',
      withData({ ...DATA, required: [] }),
      "key 'id' is optional in the schema",
    ],
    [
      'a pattern of another language',
      withProperty({ type: 'string', pattern: '(?i)x' }),
      `bad.yaml${AT}: #/properties/a/pattern ('(?i)x') is not a regular expression of Unicode`,
    ],
    [
      'what draft 7 cannot say',
      withProperty({ allOf: [{ type: 'object' }], unevaluatedProperties: false }),
      `bad.yaml${DATA_AT}/properties/a: 'unevaluatedProperties' has no equivalent in draft 7: list all properties in one schema`,
    ],
    [
      'a dynamic reference',
      withProperty({ $dynamicRef: '#node' }),
      "'$dynamicRef' has no equivalent in draft 7: use '$ref'",
    ],
    [
      'parts that exclude each other',
      withData({ allOf: [{ ...DATA, additionalProperties: false }, { properties: { b: {} } }] }),
      "'additionalProperties' in a part of 'allOf' excludes the properties of the others",
    ],
    [
      'a type that is none',
      withProperty({ type: 'any' }),
      `bad.yaml${AT}: #/properties/a/type ('any') must be one of string`,
    ],
    [
      'a topic that is none',
      {
        ...withData(DATA),
        channels: { a: { ...withData(DATA).channels.a, address: 'orders.{region}' } },
      },
      "topic 'orders.{region}' is not a portable topic name",
    ],
    [
      'an event of two topics',
      {
        ...withData(DATA),
        channels: { ...withData(DATA).channels, b: { ...withData(DATA).channels.a, address: 'b' } },
      },
      "com.example.a.b: is described twice, with another topic ('a' and 'b'): choose one by --message, or give both the same by --topic",
    ],
  ])('%s', async (_what, content, message) => {
    folder.write('bad.yaml', content);
    folder.write('broken.json', '{');
    const before = folder.files();
    await expect(folder.call('import', 'bad.yaml', '--out', 'events/bad.ts')).rejects.toThrow(
      message,
    );
    expect(folder.files()).toEqual(before);
  });

  it.each<[string, readonly string[], string]>([
    ['no file', [], "contracts import takes one file, not ''"],
    ['two files', ['a', 'b'], "contracts import takes one file, not 'a b'"],
    ['a file that is not there', ['none.yaml'], "no file 'none.yaml'"],
    ['a folder', ['.'], "'' cannot be read: EISDIR"],
    ['an unknown option', ['billing.yaml', '--nothing'], "Unknown option '--nothing'"],
    [
      'an unknown message',
      ['billing.yaml', '--message', 'x'],
      "no message 'x' in 'billing.yaml': use invoicePaid, unused",
    ],
    [
      'a value for an unknown message',
      ['billing.yaml', '--key', 'x=id'],
      "--key 'x=id' names no message: use invoicePaid=VALUE, unused=VALUE",
    ],
    [
      'another type than that of the envelope',
      ['billing.yaml', '--message', 'invoicePaid', '--type', 'com.example.a.b'],
      '--type com.example.a.b is not the type of the envelope: use com.billing.invoice.paid',
    ],
    [
      'a file that is no TypeScript',
      ['billing.yaml', '--out', 'a.js'],
      "--out 'a.js' is not a TypeScript file",
    ],
  ])('%s', async (_what, args, message) => {
    folder.write('billing.yaml', BILLING_3);
    const before = folder.files();
    const out = args.includes('--out') ? [] : ['--out', 'events.ts'];
    await expect(folder.call('import', ...args, ...out)).rejects.toThrow(message);
    expect(folder.files()).toEqual(before);
  });

  it('all messages when one cannot be imported', async () => {
    folder.write('shop.yaml', SHOP_2);
    folder.write('schemas/return.json', {
      $defs: {
        Return: { type: 'object', required: ['id'], properties: { id: { type: 'boolean' } } },
      },
    });
    const before = folder.files();
    await expect(
      folder.call('import', 'shop.yaml', ...SHOP_2_GIVEN, '--out', 'a.ts'),
    ).rejects.toThrow("key 'id' must be a string or a bounded integer");
    expect(folder.files()).toEqual(before);
  });
});
