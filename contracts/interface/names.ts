import type { EventContract } from '../event-contract.ts';
import { contractOfEvent } from './event-version.ts';

/** Path at which an image receives the events of a contract. */
export function eventRoute(contract: Pick<EventContract, 'type'>): string {
  return `/events/${contract.type}`;
}

/** Path at which an app receives all events of a topic of which it handles several types. */
export function topicRoute(topic: string): string {
  return `/topics/${topic}/events`;
}

/**
 * Path at which an app receives the events of a contract that it subscribes to. All types that it handles of one topic
 * come on one path, the {@link topicRoute}: a sidecar delivers each path of a bulk by itself, and events of
 * different types would lose their order. Where versions of one type come on several topics, each topic has a path of its
 * own, and that of the oldest version is {@link eventRoute}.
 */
export function eventRouteIn(
  subscribes: readonly Pick<EventContract, 'type' | 'version' | 'topic'>[],
  contract: Pick<EventContract, 'type' | 'topic'>,
): string {
  const { type, topic } = contract;
  if (subscribes.some((other) => other.topic === topic && other.type !== type)) {
    return topicRoute(topic);
  }
  return eventRouteOfType(subscribes, contract);
}

/** Path at which an app receives the events of one type alone, if they come on the topic of the contract. */
export function eventRouteOfType(
  subscribes: readonly Pick<EventContract, 'type' | 'version' | 'topic'>[],
  { type, topic }: Pick<EventContract, 'type' | 'topic'>,
): string {
  const ofType = subscribes.filter((each) => each.type === type);
  const oldest = ofType.length === 0 ? undefined : contractOfEvent(ofType, {});
  return oldest === undefined || oldest.topic === topic
    ? eventRoute({ type })
    : `${topicRoute(topic)}/${type}`;
}

/** Path that acknowledges events which share a topic with a subscribed type but are not wanted. */
export const IGNORED_EVENTS_ROUTE = '/events/ignored';

/**
 * Path for events of a topic whose type nobody has declared; they go to the quarantine. Every event
 * has to have a route: what matches none, Dapr (up to 1.18) sends to the dead letters and, in bulk, also to
 * the root of the app.
 */
export function undeclaredRoute(topic: string): string {
  return `/topics/${topic}/undeclared`;
}

/**
 * Dead-letter topic of one consumer of a topic. Each consumer has its own: who failed stays
 * known, and a replay reaches only the consumer that needs it.
 */
export function deadLetterTopic(topic: string, appId: string): string {
  return `${topic}.${appId}.dlq`;
}

/** Path at which the dead-letter processor receives what is in dead-letter topics. */
export const DEAD_LETTERS_ROUTE = '/dead-letters';

/** Path that the messages of one dead-letter topic are delivered to: entries of a bulk do not name it. */
export function deadLettersRoute(topic: string): string {
  return `${DEAD_LETTERS_ROUTE}/${topic}`;
}

/** The topic and the app id that a dead-letter topic is made of; undefined when it cannot be read. */
export function parseDeadLetterTopic(name: string): { topic: string; appId: string } | undefined {
  // App ids have no dots in them.
  const [, topic, appId] = /^(.+)\.([^.]+)\.dlq$/.exec(name) ?? [];
  return topic === undefined || appId === undefined ? undefined : { topic, appId };
}

/** Beginnings of paths that the runtime answers itself, for kubelet and sidecar. */
const RUNTIME_PATH = /^\/(healthz|readyz|dapr|events|job|topics|dead-letters)(\/|$)/;

/** Whether the runtime answers a path itself: routes of an app are elsewhere. */
export function isRuntimePath(path: string): boolean {
  return RUNTIME_PATH.test(path);
}
