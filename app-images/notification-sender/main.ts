import { startConsumer } from '@cdk8s-event-platform/runtime';
import { notificationSender } from './handlers.ts';

await startConsumer(notificationSender);
