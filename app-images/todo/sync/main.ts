import { consumer, startConsumer } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';
import { syncParts } from './parts.ts';
import { syncSettings } from './settings.ts';

startConsumer(consumer(manifest, ...syncParts(syncSettings(process.env)).on!));
