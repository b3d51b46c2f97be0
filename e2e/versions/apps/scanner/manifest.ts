import { defineApp } from '@cdk8s-event-platform/contracts';
import { DocumentScannedV1 } from '../../contracts.ts';

/** Publishes documents in version 1. */
export const manifest = defineApp({
  appId: 'scanner',
  description: 'Publishes documents in version 1.',
  port: 8080,
  publishes: [DocumentScannedV1],
});
