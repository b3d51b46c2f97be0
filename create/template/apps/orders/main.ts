import { startProducer } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';
import { routes } from './routes.ts';

startProducer(manifest, routes);
