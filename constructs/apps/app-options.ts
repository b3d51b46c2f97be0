import { type Duration, Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import {
  duration,
  having,
  listOf,
  oneOf,
  optional,
  type Shape,
  shaped,
  size,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import type { ContainerSize } from '../core/quantities.ts';
import type { NotificationTarget } from '../notifications/notification-target.ts';
import type { NetworkPeer } from '../security/network-policies.ts';
import { SERVICE_ACCOUNT, type ServiceAccountOptions } from '../security/service-account.ts';

/** Settings of every app. */
export interface AppOptions {
  /** Image reference. @default - the manifest's app id, from the environment's image source */
  readonly image?: string;
  /** Name of the Dapr Configuration that the sidecar starts with. @default - 'event-platform', which need not be declared */
  readonly configuration?: string;
  /**
   * Command of the container. The manifests work with any image that keeps the
   * [interface of apps](../docs/other-languages.md).
   *
   * @default - `node /app/main.js`, as `event-platform build` and the Dockerfile make it
   */
  readonly command?: readonly string[];
  /** CPU and memory of the app's container. @default - 50m and 128 MiB, at most 512 MiB */
  readonly size?: ContainerSize;
  /** Time to finish what is in flight when a pod stops. @default 25 seconds */
  readonly drain?: Duration;
  /** Time after which a stopping pod is killed. @default - 15 seconds more than the drain */
  readonly terminationGracePeriod?: Duration;
  /** More environment variables of the app's container. @default - none */
  readonly env?: readonly k8s.EnvVar[];
  /** Where else the app may connect to, such as a service that its effects call. @default - nowhere */
  readonly egress?: readonly NetworkPeer[];
  /** Where notifications go. Mandatory for an image that sends some, refused for any other. @default - none */
  readonly notifications?: NotificationTarget;
  /** The ServiceAccount of its pods. @default - one of its own, with its id as name */
  readonly serviceAccount?: ServiceAccountOptions;
  /** Least level that is logged. @default 'info' */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
}

/** What each setting must be. @internal */
export const APP_OPTIONS: Shape<AppOptions> = {
  image: optional(text),
  command: optional(listOf(text)),
  configuration: optional(text),
  size: optional(
    shaped<ContainerSize>({
      cpuRequest: text,
      cpuLimit: optional(text),
      memoryRequest: size,
      memoryLimit: optional(size),
    }),
  ),
  drain: optional(duration),
  terminationGracePeriod: optional(duration),
  env: optional(listOf(having('an EnvVar, e.g. { name, value }', 'name'))),
  egress: optional(listOf(having('a NetworkPeer, e.g. { ports: [443] }', 'ports'))),
  notifications: optional(
    having('a NotificationTarget, e.g. of NotificationTarget.smtp', 'env', 'problems'),
  ),
  serviceAccount: optional(shaped<ServiceAccountOptions>(SERVICE_ACCOUNT)),
  logLevel: optional(oneOf('debug', 'info', 'warn', 'error')),
};

/** Size of an app's container by default. */
export const DEFAULT_SIZE: ContainerSize = {
  cpuRequest: '50m',
  memoryRequest: Size.mebibytes(128),
  memoryLimit: Size.mebibytes(512),
};
