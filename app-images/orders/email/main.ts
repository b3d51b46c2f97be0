import { startService } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';
import { emailParts } from './parts.ts';

startService(manifest, emailParts());
