import type { SecretManifest } from '../../cli/make-secret.ts';
import type { EventPlatform, IMessageBroker } from '../../constructs/index.ts';
import type { Manifests } from '../../scripts/manifests.ts';
import type { MetricsPort } from '../metrics/metrics-port.ts';
import type { ManagedProcess } from '../process.ts';

/** What a broker is started from. */
export interface BrokerOptions {
  /** The rendered objects. */
  readonly manifests: Manifests;
  /** The Secrets that they refer to. */
  readonly secrets: readonly SecretManifest[];
  /** An own folder for its data, which may not be there yet. */
  readonly folder: string;
  /** Folder for its log. */
  readonly logs: string;
  /** Folder of its programs. @default - those of the version that images name */
  readonly programs?: string;
}

/** A broker of the run. */
export interface RunningBroker {
  /** Its servers; the first is the one that a run kills. */
  readonly servers: readonly [ManagedProcess, ...ManagedProcess[]];
  /** Rendered addresses, and where the run has them on loopback. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Secrets that an operator would have made, such as certificates. @default - none */
  readonly secrets?: readonly SecretManifest[];
  /** Runs what the rendered Job runs, and returns what it said. Running it again changes nothing. */
  provision(): Promise<string>;
  /**
   * Runs what the Job of another rendering of the platform runs, such as one with more partitions; returns what it said.
   *
   * @throws Error with `stderr` when it fails.
   * @default - the broker has no partitions
   */
  readonly provisionAs?: (manifests: Manifests) => Promise<string>;
  /** Checks that clients may do exactly what they were granted. Returns what differs. @default - clients do not log in */
  readonly checkRights?: () => Promise<string[]>;
  /** What Prometheus scrapes of it. @default - nothing */
  readonly metricsPorts?: readonly MetricsPort[];
}

/** A broker with its settings, as the run can put it into the task platform. */
export interface BrokerSetting {
  /** Shown in the table of results. */
  readonly description: string;
  /** Whether it drops events itself that are published again, so that consumers see none. @default false */
  readonly dropsRepeats?: boolean;
  /** Whether it keeps the order of a key for contracts that do not ask for it. @default false */
  readonly ordersKeys?: boolean;
  /** Declares it in a platform. */
  readonly declare: (platform: EventPlatform) => IMessageBroker;
  /** Starts it from what was rendered. */
  readonly start: (options: BrokerOptions) => Promise<RunningBroker>;
}
