import { consumer, startConsumer } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';
import { emailParts } from './parts.ts';

const { on = [], ...parts } = emailParts();
startConsumer(consumer(manifest, ...on), parts);
