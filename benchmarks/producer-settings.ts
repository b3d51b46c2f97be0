/** Ways to send an event. */
export type ProducerSetting = (typeof PRODUCER_SETTINGS)[number];

export const PRODUCER_SETTINGS = [
  'outbox',
  'idempotent',
  'idempotent, batched',
  'synchronous',
  'fire-and-forget',
] as const;
