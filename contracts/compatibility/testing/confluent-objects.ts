import type { Schema } from '../schema-document.ts';
import { COUNT, TEXT, type Verdict } from './verdict.ts';

const fields = (properties: object, more: object = {}): Schema => ({
  type: 'object',
  properties,
  ...more,
});
const closed = (properties: object, more: object = {}): Schema =>
  fields(properties, { additionalProperties: false, ...more });

/** Changes of objects, with the policy `STRICT`, the registry's default. */
export const OBJECTS: readonly Verdict[] = [
  [
    'REQUIRED_ATTRIBUTE_ADDED',
    fields({ id: TEXT }),
    fields({ id: TEXT }, { required: ['id'] }),
    false,
  ],
  [
    'REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED',
    fields({ id: { ...TEXT, default: '' } }),
    fields({ id: { ...TEXT, default: '' } }, { required: ['id'] }),
    true,
  ],
  [
    'REQUIRED_ATTRIBUTE_REMOVED',
    fields({ id: TEXT }, { required: ['id'] }),
    fields({ id: TEXT }),
    true,
  ],
  ['MAX_PROPERTIES_ADDED', fields({}), fields({}, { maxProperties: 3 }), false],
  ['MAX_PROPERTIES_REMOVED', fields({}, { maxProperties: 3 }), fields({}), true],
  [
    'MAX_PROPERTIES_INCREASED',
    fields({}, { maxProperties: 3 }),
    fields({}, { maxProperties: 4 }),
    true,
  ],
  [
    'MAX_PROPERTIES_DECREASED',
    fields({}, { maxProperties: 4 }),
    fields({}, { maxProperties: 3 }),
    false,
  ],
  ['MIN_PROPERTIES_ADDED', fields({}), fields({}, { minProperties: 1 }), false],
  ['MIN_PROPERTIES_REMOVED', fields({}, { minProperties: 1 }), fields({}), true],
  [
    'MIN_PROPERTIES_INCREASED',
    fields({}, { minProperties: 1 }),
    fields({}, { minProperties: 2 }),
    false,
  ],
  [
    'MIN_PROPERTIES_DECREASED',
    fields({}, { minProperties: 2 }),
    fields({}, { minProperties: 1 }),
    true,
  ],
  ['ADDITIONAL_PROPERTIES_ADDED', closed({}), fields({}), true],
  ['ADDITIONAL_PROPERTIES_REMOVED', fields({}), closed({}), false],
  ['ADDITIONAL_PROPERTIES_EXTENDED', fields({}, { additionalProperties: COUNT }), fields({}), true],
  [
    'ADDITIONAL_PROPERTIES_NARROWED',
    fields({}),
    fields({}, { additionalProperties: COUNT }),
    false,
  ],
  [
    'DEPENDENCY_ARRAY_ADDED',
    fields({ card: TEXT, cvc: TEXT }),
    fields({ card: TEXT, cvc: TEXT }, { dependencies: { card: ['cvc'] } }),
    false,
  ],
  [
    'DEPENDENCY_ARRAY_REMOVED',
    fields({ card: TEXT, cvc: TEXT }, { dependencies: { card: ['cvc'] } }),
    fields({ card: TEXT, cvc: TEXT }),
    true,
  ],
  [
    'DEPENDENCY_ARRAY_EXTENDED',
    fields({}, { dependencies: { card: ['cvc'] } }),
    fields({}, { dependencies: { card: ['cvc', 'name'] } }),
    false,
  ],
  [
    'DEPENDENCY_ARRAY_NARROWED',
    fields({}, { dependencies: { card: ['cvc', 'name'] } }),
    fields({}, { dependencies: { card: ['cvc'] } }),
    true,
  ],
  [
    'DEPENDENCY_ARRAY_CHANGED',
    fields({}, { dependencies: { card: ['cvc'] } }),
    fields({}, { dependencies: { card: ['name'] } }),
    false,
  ],
  [
    'DEPENDENCY_SCHEMA_ADDED',
    fields({}),
    fields({}, { dependencies: { card: fields({ cvc: TEXT }) } }),
    false,
  ],
  [
    'DEPENDENCY_SCHEMA_REMOVED',
    fields({}, { dependencies: { card: fields({ cvc: TEXT }) } }),
    fields({}),
    true,
  ],
  [
    'REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL',
    fields({ id: TEXT }),
    fields({ id: TEXT, note: TEXT }, { required: ['note'] }),
    false,
  ],
  [
    'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL',
    fields({ id: TEXT }),
    fields({ id: TEXT, note: { ...TEXT, default: '' } }, { required: ['note'] }),
    false,
  ],
  [
    'OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL',
    fields({ id: TEXT }),
    fields({ id: TEXT, note: TEXT }),
    false,
  ],
  [
    'PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL',
    fields({ id: TEXT }),
    fields({ id: TEXT, note: {} }),
    true,
  ],
  [
    'REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL',
    closed({ id: TEXT }),
    closed({ id: TEXT, note: TEXT }, { required: ['note'] }),
    false,
  ],
  [
    'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL',
    closed({ id: TEXT }),
    closed({ id: TEXT, note: { ...TEXT, default: '' } }, { required: ['note'] }),
    true,
  ],
  [
    'OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL',
    closed({ id: TEXT }),
    closed({ id: TEXT, note: TEXT }),
    true,
  ],
  [
    'PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL',
    fields({ id: TEXT, note: TEXT }),
    fields({ id: TEXT }),
    true,
  ],
  [
    'PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL',
    closed({ id: TEXT, note: false }),
    closed({ id: TEXT }),
    true,
  ],
  [
    'PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL',
    closed({ id: TEXT, note: TEXT }),
    closed({ id: TEXT }),
    false,
  ],
  [
    'PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
    closed({ id: TEXT, note: TEXT }),
    fields({ id: TEXT }, { additionalProperties: TEXT }),
    true,
  ],
  [
    'PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
    closed({ id: TEXT, note: COUNT }),
    fields({ id: TEXT }, { additionalProperties: TEXT }),
    false,
  ],
  [
    'PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
    closed({ id: TEXT }, { patternProperties: { '^x_': COUNT, '^y_': TEXT } }),
    closed({ id: TEXT, x_size: COUNT }, { patternProperties: { '^x_': COUNT, '^y_': TEXT } }),
    true,
  ],
  [
    'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
    fields({ id: TEXT }, { additionalProperties: TEXT }),
    fields({ id: TEXT, note: COUNT }, { additionalProperties: TEXT }),
    false,
  ],
];

/** What the registry accepts with the policy `LENIENT`, and refuses with `STRICT`. */
export const LENIENT: readonly Verdict[] = [
  [
    'ADDITIONAL_PROPERTIES_NARROWED',
    fields({ id: TEXT }),
    fields({ id: TEXT }, { additionalProperties: COUNT }),
    true,
  ],
  ['ADDITIONAL_PROPERTIES_REMOVED', fields({ id: TEXT }), closed({ id: TEXT }), true],
  [
    'OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL',
    fields({ id: TEXT }),
    fields({ id: TEXT, note: TEXT }),
    true,
  ],
  [
    'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL',
    fields({ id: TEXT }),
    fields({ id: TEXT, note: { ...TEXT, default: '' } }, { required: ['note'] }),
    true,
  ],
  [
    'PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL',
    closed({ id: TEXT, note: TEXT }),
    closed({ id: TEXT }),
    true,
  ],
  [
    'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
    fields({ id: TEXT }, { additionalProperties: TEXT }),
    fields({ id: TEXT, note: COUNT }, { additionalProperties: TEXT }),
    true,
  ],
  [
    'PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
    closed({ id: TEXT, note: COUNT }),
    fields({ id: TEXT }, { additionalProperties: TEXT }),
    true,
  ],
];
