import { consumer, startConsumer } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';
import { parts } from './parts.ts';

startConsumer(consumer(manifest, ...parts.on!));
