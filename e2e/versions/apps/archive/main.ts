import { createHash } from 'node:crypto';
import type { EventData } from '@cdk8s-event-platform/contracts';
import { each, startService, upcast } from '@cdk8s-event-platform/runtime';
import { claims } from '../../claims.ts';
import { DocumentScannedV1, DocumentScannedV2 } from '../../contracts.ts';
import { manifest } from './manifest.ts';

startService(manifest, {
  claims,
  on: [
    each(DocumentScannedV2, async (tx, { id, data }) => {
      const { shelf, number, owner, owner_name: name, content } = data;
      await tx.query(
        `INSERT INTO documents (event_id, shelf, number, owner, owner_name, language, content_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [
          ...[id, shelf, number, owner, name, content.language],
          createHash('sha256').update(content.text).digest('hex'),
        ],
      );
    }),
    upcast(DocumentScannedV2, {
      1: ({ lines, ...rest }: EventData<typeof DocumentScannedV1>) => ({
        ...rest,
        content: { language: 'unknown', text: lines.join('\n') },
      }),
    }),
  ],
  erase: async (tx, owner) => {
    await tx.query(`UPDATE documents SET owner_name = 'erased' WHERE owner = $1`, [owner]);
  },
});
