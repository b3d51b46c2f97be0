import { startConsumer } from '@cdk8s-event-platform/runtime';
import { analyticsAggregator } from './handlers.ts';

startConsumer(analyticsAggregator);
