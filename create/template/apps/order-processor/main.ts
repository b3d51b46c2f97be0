import { startService } from '@cdk8s-event-platform/runtime';
import { parts } from './handlers.ts';
import { manifest } from './manifest.ts';

startService(manifest, parts);
