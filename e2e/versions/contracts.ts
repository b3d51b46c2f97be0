import { defineEvent } from '@cdk8s-event-platform/contracts';

const event = {
  type: 'com.example.document.scanned',
  topic: 'document-scanned',
  key: 'shelf',
  subject: 'owner',
  ordered: true,
  description: 'A document of a shelf was scanned.',
} as const;
const text = { type: 'string', minLength: 1, maxLength: 100 } as const;
const number = { type: 'integer', minimum: 0, maximum: 1_000_000 } as const;
const document = { shelf: text, number, owner: text, owner_name: { ...text, pii: true } } as const;

/** A document as lines of text. */
export const DocumentScannedV1 = defineEvent({
  ...{ ...event, version: '1.0.0' },
  schema: {
    type: 'object',
    required: ['shelf', 'number', 'owner', 'owner_name', 'lines'],
    properties: {
      ...document,
      lines: { type: 'array', items: { type: 'string' }, claimCheck: true },
    },
  },
});

/** A document with its language. */
export const DocumentScannedV2 = defineEvent({
  ...{ ...event, version: '2.0.0' },
  schema: {
    type: 'object',
    required: ['shelf', 'number', 'owner', 'owner_name', 'content'],
    properties: {
      ...document,
      content: {
        type: 'object',
        required: ['language', 'text'],
        properties: { language: text, text: { type: 'string' } },
        claimCheck: true,
      },
    },
  },
});
