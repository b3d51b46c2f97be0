import { startEventTools } from '@cdk8s-event-platform/runtime';

await startEventTools();
