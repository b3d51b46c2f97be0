import { eventRoute } from '@cdk8s-event-platform/contracts/interface';
import { Paid } from './consumers/paid.ts';

/** Name of the pub/sub component. */
export const PUBSUB = 'bench-pubsub';
/** Path that events are delivered to. */
export const ROUTE = eventRoute(Paid);
/** Takes what consumers could not process. */
export const DEAD_LETTER_TOPIC = 'bench-dead-letters';
/** Bulk delivery, the same for every consumer that has it. */
export const BULK = { maxMessagesCount: 100, maxAwaitDurationMs: 20 } as const;
