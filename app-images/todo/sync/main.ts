import { consumer, startConsumer, webhookSettings } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';
import { FORMATS } from './messages.ts';
import { syncParts } from './parts.ts';

startConsumer(consumer(manifest, ...syncParts(webhookSettings({ formats: FORMATS })).on!));
