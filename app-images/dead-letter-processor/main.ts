import { startDeadLetterProcessor } from '@cdk8s-event-platform/runtime/dead-letters';

startDeadLetterProcessor();
