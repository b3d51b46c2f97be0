import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BILLING_3, SHOP_2, SHOP_2_GIVEN } from './testing/documents.ts';
import { TemporaryFolder } from './testing/temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

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
      'text that is not YAML',
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
    ['a list', [], "'bad.yaml' is neither AsyncAPI nor JSON Schema: it is not an object"],
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
    ['a message that is not an object', document('x' as never), `bad.yaml${AT}: is not a message`],
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
      'a property that JavaScript takes for a prototype',
      JSON.stringify(withProperty({})).replace('"a":{}', '"__proto__":{"type":"string"}'),
      "property '__proto__' cannot be written in TypeScript: rename it",
    ],
    [
      'data that is a list',
      withData({ type: 'array' }),
      `bad.yaml${AT}: schema (an object with type) must be a JSON Schema of an object`,
    ],
    [
      'data that is not a schema',
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
      'an unknown type',
      withProperty({ type: 'any' }),
      `bad.yaml${AT}: #/properties/a/type ('any') must be one of string`,
    ],
    [
      'a topic with a parameter',
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
      'a file that is not TypeScript',
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
