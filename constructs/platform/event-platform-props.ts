import {
  flag,
  having,
  must,
  optional,
  type Shape,
  shaped,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import type { Environment } from './environment.ts';
import { PLATFORM_DEFAULTS, type PlatformDefaults } from './platform-defaults.ts';

/** Where people find what alerts refer to. */
export interface PlatformLinks {
  /**
   * URL of the folder with the runbooks, for `runbook_url` of alerts.
   *
   * @default - none: alerts name the file in `docs/runbooks` as `runbook`
   */
  readonly runbooks?: string;
  /**
   * URL of Grafana, for `dashboard_url` of alerts.
   *
   * @default - none: alerts name the path on Grafana's host as `dashboard`
   */
  readonly grafana?: string;
}

/** Properties of EventPlatform. */
export interface EventPlatformProps {
  /** Where the platform runs. */
  readonly environment: Environment;
  /** Namespace of Dapr's control plane. @default 'dapr-system' */
  readonly daprNamespace?: string;
  /** Namespace of KEDA's operator. @default 'keda' */
  readonly kedaNamespace?: string;
  /** Namespace of Prometheus. @default 'monitoring' */
  readonly monitoringNamespace?: string;
  /** Where people find what alerts refer to. */
  readonly links?: PlatformLinks;
  /**
   * Lock file of contracts, as `event-platform contracts` writes it. A contract that is not compatible with an earlier
   * version in it is refused. `false` compares nothing.
   *
   * @default - `contracts.lock.json` in the working directory, if it is there
   */
  readonly contractsLock?: string | false;
  /** What everything in the platform is rendered with. @default - what constructs say */
  readonly defaults?: PlatformDefaults;
  /**
   * Whether the namespace is rendered. One that exists already has its own labels: it should enforce PodSecurity
   * `restricted`.
   *
   * @default true
   */
  readonly createNamespace?: boolean;
}

/** For callers without a compiler. @internal */
export const EVENT_PLATFORM: Shape<EventPlatformProps> = {
  environment: having('an Environment, e.g. Environment.local()', 'namespace', 'imageReference'),
  daprNamespace: optional(text),
  kedaNamespace: optional(text),
  monitoringNamespace: optional(text),
  links: optional(shaped<PlatformLinks>({ runbooks: optional(text), grafana: optional(text) })),
  contractsLock: optional(
    must(
      (value) => value === false || (typeof value === 'string' && value !== ''),
      "must be the path of a file, e.g. 'contracts.lock.json', or false",
    ),
  ),
  defaults: optional(shaped<PlatformDefaults>(PLATFORM_DEFAULTS)),
  createNamespace: optional(flag),
};
