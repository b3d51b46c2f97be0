import { type AppManifest, defineApp } from '../app-manifest.ts';

/** Manifest of the platform's own app, which moves events that could not be delivered to the quarantine. */
export const DEAD_LETTER_PROCESSOR: AppManifest = defineApp({
  appId: 'dead-letter-processor',
  description: 'Moves events that could not be delivered to the quarantine of their consumers.',
  port: 8080,
});
