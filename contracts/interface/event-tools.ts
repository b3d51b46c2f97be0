import { type AppManifest, defineApp } from '../app-manifest.ts';

/** Manifest of the platform's own app that operators publish events and read state through. */
export const EVENT_TOOLS: AppManifest = defineApp({
  appId: 'event-tools',
  description: 'Publishes events and reads state for operators.',
  port: 8080,
  serves: false,
});

/** Container of its pods with the command line of the broker. */
export const BROKER_TOOLS_CONTAINER = 'broker-tools';

/** What `event-platform events publish` sends to the program of the pod, as JSON on its standard input. */
export interface EventToPublishByTools {
  readonly topic: string;
  /** Partition key. */
  readonly key: string;
  /** The CloudEvent. */
  readonly event: Readonly<Record<string, unknown>>;
}
