import { startService } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';
import { parts } from './parts.ts';

startService(manifest, parts);
