export { DEAD_LETTER_PROCESSOR as manifest } from '@cdk8s-event-platform/contracts/interface';
