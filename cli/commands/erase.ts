/** `event-platform erase`: makes the personal data of a person unreadable. */
export { runErase as run } from '@cdk8s-event-platform/runtime/dead-letters';
