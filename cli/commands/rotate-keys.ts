/** `event-platform rotate-keys`: changes the master key of personal data. */
export { runRotateKeys as run } from '@cdk8s-event-platform/runtime/dead-letters';
