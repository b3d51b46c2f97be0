/** `event-platform dead-letters`: what operators do with events that could not be processed. */
export { runDeadLetters as run } from '@cdk8s-event-platform/runtime/dead-letters';
