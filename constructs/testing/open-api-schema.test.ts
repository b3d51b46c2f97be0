import { expect, it } from 'vitest';
import { closedSchema, customResourceSchemas } from './open-api-schema.ts';

it('refuses unknown fields, but not where they are kept', () => {
  expect(
    closedSchema({
      type: 'object',
      properties: {
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        kept: {
          type: 'object',
          properties: { a: { type: 'string' } },
          'x-kubernetes-preserve-unknown-fields': true,
        },
        list: {
          type: 'array',
          items: { type: 'object', properties: { a: { type: 'string', nullable: true } } },
        },
        map: { type: 'object', additionalProperties: { type: 'string' } },
        either: { 'x-kubernetes-int-or-string': true },
      },
    }),
  ).toEqual({
    type: 'object',
    additionalProperties: false,
    properties: {
      free: { type: 'object' },
      kept: { type: 'object', properties: { a: { type: 'string' } } },
      list: {
        type: 'array',
        items: {
          type: 'object',
          additionalProperties: false,
          properties: { a: { type: ['string', 'null'] } },
        },
      },
      map: { type: 'object', additionalProperties: { type: 'string' } },
      either: { type: ['integer', 'string'] },
    },
  });
});

it('gives each version of a custom resource a schema, with the fields that all kinds have', () => {
  const version = (name: string) => ({
    name,
    schema: {
      openAPIV3Schema: {
        type: 'object',
        description: 'A widget.',
        properties: { status: { type: 'object', properties: {} } },
      },
    },
  });
  const schemas = customResourceSchemas({
    kind: 'CustomResourceDefinition',
    spec: {
      group: 'example.com',
      names: { kind: 'Widget' },
      versions: [version('v1'), version('v2')],
    },
  });
  expect(Object.keys(schemas)).toEqual(['example.com/v1/Widget', 'example.com/v2/Widget']);
  expect(schemas['example.com/v1/Widget']).toEqual({
    type: 'object',
    additionalProperties: false,
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { $ref: '#/definitions/meta.v1.ObjectMeta' },
      status: { type: 'object' },
    },
  });
});
