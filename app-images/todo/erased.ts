import { isErased } from '@cdk8s-event-platform/runtime';

/** Whether an event is about somebody who was erased: what they have written is unreadable. */
export function isAboutErased(data: unknown): boolean {
  return typeof data === 'object' && data !== null
    ? Object.values(data).some(isAboutErased)
    : isErased(data);
}
