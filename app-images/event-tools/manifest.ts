export { EVENT_TOOLS as manifest } from '@cdk8s-event-platform/contracts/interface';
