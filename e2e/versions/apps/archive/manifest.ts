import { defineApp } from '@cdk8s-event-platform/contracts';
import { DocumentScannedV1, DocumentScannedV2 } from '../../contracts.ts';

/** Keeps every document, whatever its version. */
export const manifest = defineApp({
  appId: 'archive',
  description: 'Keeps documents.',
  port: 8080,
  subscribes: [DocumentScannedV1, DocumentScannedV2],
  migrations: [
    {
      name: '0100-documents',
      sql: `CREATE TABLE documents (
  position bigint GENERATED ALWAYS AS IDENTITY,
  event_id text NOT NULL,
  shelf text NOT NULL,
  number integer NOT NULL,
  owner text NOT NULL,
  owner_name text NOT NULL,
  language text NOT NULL,
  content_hash text NOT NULL
);`,
    },
  ],
});
