import { defineApp } from '@cdk8s-event-platform/contracts';
import { DocumentScannedV2 } from '../../contracts.ts';

/** Publishes documents in version 2. */
export const manifest = defineApp({
  appId: 'scanner-2',
  description: 'Publishes documents in version 2.',
  port: 8080,
  publishes: [DocumentScannedV2],
});
