import { claimCheck, postgresClaims, s3Claims } from '@cdk8s-event-platform/runtime';
import { DocumentScannedV1, DocumentScannedV2 } from './contracts.ts';

/** The bucket of the documents. */
export const BUCKET = 'documents';

/** Where the contents of documents are: those of the old version in the database, of the new one in a bucket. */
export const claims = [
  claimCheck(DocumentScannedV1, 'lines', postgresClaims(), { inlineBytes: 1_000 }),
  claimCheck(
    DocumentScannedV2,
    'content',
    s3Claims({ bucket: BUCKET, client: { forcePathStyle: true } }),
    { inlineBytes: 1_000 },
  ),
];
