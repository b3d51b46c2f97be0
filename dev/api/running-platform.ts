import type pg from 'pg';
import type { EventPlatform } from 'cdk8s-event-platform';
import type { Broker } from '../broker/broker.ts';
import type { Faults } from '../faults/faults.ts';
import type { LogStore } from './log-store.ts';
import type { AppGroup } from './live-numbers.ts';
import type { SpanStore } from './span-store.ts';
import type { AppView, MailView } from './types.ts';

/** An app that can be looked at and killed. */
export interface RunningApp {
  readonly view: AppView;
  /** Kills the process, and starts it again. */
  kill(): void;
}

/** What the HTTP API reads of a platform that runs, and changes in it. */
export interface RunningPlatform {
  readonly platform: EventPlatform;
  readonly broker: Broker;
  /** The broker that takes its place, e.g. `kafka at 127.0.0.1:9092`. @default - nothing does */
  readonly realBroker: string | undefined;
  /** Pool of the broker's database. */
  readonly brokerPool: pg.Pool;
  /** Pools of the apps' databases, by name. */
  readonly databases: ReadonlyMap<string, pg.Pool>;
  readonly apps: ReadonlyMap<string, RunningApp>;
  readonly groups: readonly AppGroup[];
  readonly logs: LogStore;
  readonly spans: SpanStore;
  /** Mails that apps have sent, the newest first. */
  readonly mails: readonly MailView[];
  /** Why what was changed does not run yet. */
  readonly problems: { sources: string | undefined; chart: string | undefined };
  /** Faults of all deliveries. */
  readonly faults: Faults;
  /** Lets apps reach no database for some seconds. */
  interruptDatabases(seconds: number): Promise<void>;
}
