import { startService } from '@cdk8s-event-platform/runtime';
import { jobs, manifest } from './baskets.ts';

startService(manifest, { jobs });
