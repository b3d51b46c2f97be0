import { defineImage } from '../../constructs/contracts/index.ts';

/** Moves events that could not be delivered to the quarantine of their consumers. */
export const manifest = defineImage({
  appId: 'dead-letter-processor',
  description: 'Moves events that could not be delivered to the quarantine of their consumers.',
  port: 8080,
});
