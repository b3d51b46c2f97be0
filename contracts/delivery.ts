/**
 * What may become of an event between the state of its producer and its effect at a consumer, from the strongest
 * to the weakest:
 *
 * - `effect-once`: it is published when its producer's transaction commits, and has its effect once at every consumer.
 * - `at-least-once`: once its producer was told that it is accepted, it arrives, and its effect may be there twice.
 * - `at-most-once`: it may be lost, and nobody tries again.
 */
export type Delivery = (typeof DELIVERIES)[number];

/** All of them, the strongest first. */
export const DELIVERIES = ['effect-once', 'at-least-once', 'at-most-once'] as const;

/** The delivery of events whose contract does not say it. */
export const DEFAULT_DELIVERY: Delivery = 'effect-once';

/** Whether events of a contract may be sent, or handled, with a delivery: it is the weakest they may have, or stronger. */
export function allowsDelivery(
  { delivery = DEFAULT_DELIVERY }: { readonly delivery?: Delivery },
  wanted: Delivery,
): boolean {
  return DELIVERIES.indexOf(wanted) <= DELIVERIES.indexOf(delivery);
}

/** What else a contract says, and contradicts a delivery. */
interface Declared {
  readonly delivery?: unknown;
  readonly ordered?: unknown;
  readonly command?: unknown;
}

/** Every reason why events of a contract cannot have its delivery; empty when they can. */
export function deliveryProblems({ delivery, ordered, command }: Declared): readonly string[] {
  if (delivery !== 'at-least-once' && delivery !== 'at-most-once') {
    return [];
  }
  const allowed = `delivery '${delivery}' lets events ${delivery === 'at-most-once' ? 'be lost' : 'have their effect again, behind later ones'}`;
  return [
    ...(ordered === true
      ? [
          `${allowed}, and ordered says that consumers need the events of a key in their order: leave out one of the two`,
        ]
      : []),
    ...(command === true
      ? [
          `${allowed}, and a command is carried out once: leave out delivery, or declare an event that nobody relies on`,
        ]
      : []),
  ];
}
