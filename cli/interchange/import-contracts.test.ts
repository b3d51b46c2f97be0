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
      'event-platform contracts [lock|export|import]',
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
    expect(output).not.toContain('\u202e');
    expect(output).toContain('/** It * / \\u202e has');
  });
});
