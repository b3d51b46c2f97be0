import { startService } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';
import { notificationParts } from './parts.ts';

startService(manifest, notificationParts());
