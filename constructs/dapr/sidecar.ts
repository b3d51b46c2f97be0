import { type Duration, Size, SizeRoundingBehavior } from 'cdk8s';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { RUNTIME_PATHS } from '@cdk8s-event-platform/contracts/interface';

/** Settings of a sidecar beyond what the image's manifest says. */
export interface SidecarOptions {
  /** Name of the Dapr Configuration. */
  readonly configuration: string;
  /** Path that has to answer 200 for events to be delivered. @default '/readyz' */
  readonly healthPath?: string;
  /** Time to finish what is in flight when the pod stops. */
  readonly shutdown: Duration;
  /** Largest event that the broker takes. */
  readonly maxMessageSize: Size;
  /** Secret whose key `token` sidecar and app show each other. */
  readonly tokenSecret: string;
  /** Environment variables of the sidecar, as `<secret>:<key>`. @default - none */
  readonly secrets?: ReadonlyMap<string, string>;
  /** Volumes of the pod that the sidecar has, too, by where it has them. @default - none */
  readonly volumes?: ReadonlyMap<string, string>;
  /** CPU that is reserved for the sidecar. @default '100m' */
  readonly cpuRequest?: string;
  /** Memory that is reserved for the sidecar. @default 64 MiB */
  readonly memoryRequest?: Size;
  /** Memory beyond which the sidecar is killed. @default 256 MiB */
  readonly memoryLimit?: Size;
}

/** Port that sidecars call each other at. */
export const SIDECAR_INTERNAL_PORT = 50_002;

/** What the injector's sidecar listens on for scraping; the port's name in the pod. */
export const SIDECAR_METRICS_PORT = { name: 'dapr-metrics', port: 9090 } as const;

function megabytes(size: Size): string {
  return `${size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR })}Mi`;
}

/**
 * Pod annotations that have Dapr's injector add a sidecar.
 *
 * The sidecar delivers events only while the app's health path answers 200. That path follows the
 * database, so an outage of it stops the deliveries instead of failing them into the dead letters.
 * Probes come every second, since the few retries of a delivery would soon be used up.
 *
 * Sidecar and app show each other a token, so that no other pod can deliver events to the app, or publish in its name.
 *
 * @see https://docs.dapr.io/reference/arguments-annotations-overview/
 */
export function sidecarAnnotations(
  manifest: AppManifest,
  options: SidecarOptions,
): Record<string, string> {
  const bodyLimit = Math.max(
    4,
    options.maxMessageSize.toMebibytes({
      rounding: SizeRoundingBehavior.FLOOR,
    }) * 2,
  );
  return {
    'dapr.io/enabled': 'true',
    'dapr.io/app-id': manifest.appId,
    'dapr.io/app-port': String(manifest.port),
    'dapr.io/app-protocol': 'http',
    'dapr.io/config': options.configuration,
    'dapr.io/log-as-json': 'true',
    // Requests to the sidecar need the token, and the sidecar shows it with what it delivers.
    'dapr.io/api-token-secret': options.tokenSecret,
    'dapr.io/app-token-secret': options.tokenSecret,
    'dapr.io/enable-app-health-check': 'true',
    'dapr.io/app-health-check-path': options.healthPath ?? RUNTIME_PATHS.ready,
    'dapr.io/app-health-probe-interval': '1',
    'dapr.io/app-health-probe-timeout': '500',
    'dapr.io/app-health-threshold': '2',
    'dapr.io/graceful-shutdown-seconds': String(options.shutdown.toSeconds()),
    // An event is wrapped in an envelope, so the limit leaves room above the broker's own.
    'dapr.io/max-body-size': `${bodyLimit}Mi`,
    // Dapr's operator resolves the Secrets of components; the sidecar itself may read none.
    'dapr.io/disable-builtin-k8s-secret-store': 'true',
    ...(options.secrets !== undefined &&
      options.secrets.size > 0 && {
        'dapr.io/env-from-secret': [...options.secrets]
          .map(([variable, source]) => `${variable}=${source}`)
          .join(','),
      }),
    ...(options.volumes !== undefined &&
      options.volumes.size > 0 && {
        'dapr.io/volume-mounts': [...options.volumes]
          .map(([path, volume]) => `${volume}:${path}`)
          .join(','),
      }),
    'dapr.io/sidecar-cpu-request': options.cpuRequest ?? '100m',
    'dapr.io/sidecar-memory-request': megabytes(options.memoryRequest ?? Size.mebibytes(64)),
    'dapr.io/sidecar-memory-limit': megabytes(options.memoryLimit ?? Size.mebibytes(256)),
  };
}
