import { startConsumer } from '@cdk8s-event-platform/runtime';
import { taskProcessor } from './handlers.ts';

startConsumer(taskProcessor);
