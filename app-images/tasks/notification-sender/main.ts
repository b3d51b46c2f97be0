import { startConsumer } from '@cdk8s-event-platform/runtime';
import { notificationSender } from './handlers.ts';

startConsumer(notificationSender());
