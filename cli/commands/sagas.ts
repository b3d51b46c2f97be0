/** `event-platform sagas`: lists, shows, retries and cancels sagas. */
export { runSagas as run } from '@cdk8s-event-platform/runtime/dead-letters';
