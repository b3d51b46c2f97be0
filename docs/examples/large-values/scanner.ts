import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { answer, claimCheck, postgresClaims, startService } from '@cdk8s-event-platform/runtime';

const shortText = { type: 'string', minLength: 1, maxLength: 64 } as const;

export const DocumentScanned = defineEvent({
  type: 'com.example.document.scanned',
  version: '1.0.0',
  topic: 'document-scanned',
  key: 'document_id',
  description: 'A document was scanned.',
  schema: {
    type: 'object',
    required: ['document_id', 'pages'],
    properties: {
      document_id: shortText,
      pages: { type: 'array', items: { type: 'string' }, claimCheck: true },
    },
  },
});

export const manifest = defineApp({
  appId: 'scanner',
  description: 'Scans documents.',
  port: 8080,
  publishes: [DocumentScanned],
});

const Scan = {
  type: 'object',
  required: ['pages'],
  properties: { pages: { type: 'array', items: { type: 'string' } } },
} as const;

startService(manifest, {
  claims: [claimCheck(DocumentScanned, 'pages', postgresClaims())],
  routes: (api) => {
    api.post('/scans', { body: Scan, maxBodyBytes: 16_000_000 }, async (tx, { id, body }) => {
      await tx.publish(DocumentScanned, { document_id: id, pages: [...body.pages] });
      return answer(202, { document_id: id });
    });
  },
});
