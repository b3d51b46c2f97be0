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

/** The Redis or Valkey server of a state store, as the pod of the tools reads it from its environment. */
export interface StateServer {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Environment variable with the user name. @default - the server's default user */
  readonly username?: string;
  /** Environment variable with the password. @default - nobody logs in */
  readonly password?: string;
}

/** Keys of a state store, as `event-platform state keys` reads them from the program of the pod. */
export interface StateKeys {
  /** In alphabetical order, without the prefix of the store. */
  readonly keys: readonly string[];
  /** Whether there are more than were asked for. */
  readonly more: boolean;
}

/** What `event-platform events publish` sends to the program of the pod, as JSON on its standard input. */
export interface EventToPublishByTools {
  readonly topic: string;
  /** Partition key. */
  readonly key: string;
  /** The CloudEvent. */
  readonly event: Readonly<Record<string, unknown>>;
}
