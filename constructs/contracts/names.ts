import type { EventContract } from './event-contract.ts';

/** Path at which an image receives the events of a contract. */
export function eventRoute(contract: Pick<EventContract, 'type'>): string {
  return `/events/${contract.type}`;
}

/**
 * Path that acknowledges events which share a topic with a subscribed type but are not wanted.
 * Without it Dapr would send them to the dead letters, since no route matches.
 */
export const IGNORED_EVENTS_ROUTE = '/events/ignored';

/**
 * Dead-letter topic of one consumer of a topic. Each consumer has its own: who failed stays
 * known, and a replay reaches only the consumer that needs it.
 */
export function deadLetterTopic(topic: string, appId: string): string {
  return `${topic}.${appId}.dlq`;
}
