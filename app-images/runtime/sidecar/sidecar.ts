import type { Logger } from '../telemetry/logging.ts';
import {
  DAPR_TOKEN_HEADER,
  PUBLISH_PROOF,
  RUNTIME_ENV,
} from '@cdk8s-event-platform/contracts/interface';

/** The port of the sidecar's HTTP API: `DAPR_HTTP_PORT`, which the injector sets, else 3500. */
export function daprHttpPort(): number {
  return Number(process.env[RUNTIME_ENV.daprHttpPort] ?? 3500);
}

/** Headers that the sidecar expects: its token, where `DAPR_API_TOKEN` has one. */
export function sidecarHeaders(): Readonly<Record<string, string>> {
  const token = process.env[RUNTIME_ENV.daprApiToken];
  return token === undefined ? {} : { [DAPR_TOKEN_HEADER]: token };
}

/** The sidecar's answer to `GET /v1.0/metadata`. */
interface SidecarMetadata {
  readonly runtimeVersion?: string;
  readonly components?: readonly { readonly type: string }[];
}

/**
 * What the sidecar says of itself.
 *
 * @param timeout in milliseconds.
 * @throws Error when it does not answer in time: its name is `TimeoutError`.
 * @see https://docs.dapr.io/reference/api/metadata_api/
 */
export async function sidecarMetadata(timeout: number): Promise<SidecarMetadata> {
  const response = await fetch(`http://127.0.0.1:${daprHttpPort()}/v1.0/metadata`, {
    headers: sidecarHeaders(),
    signal: AbortSignal.timeout(timeout),
  });
  return (await response.json()) as SidecarMetadata;
}

/** Longer than the sidecar waits between two tries of a delivery with the platform's own retries. */
const RETRY_GAP = 16_000;

/**
 * Ends the sidecar once deliveries that wait for their next try have had it; the kubelet starts
 * it again. Told earlier, it would wait for them with the app's health no longer probed, and send
 * them to the dead letters.
 *
 * @param delay in milliseconds. @default 16000
 * @see https://docs.dapr.io/reference/api/health_api/
 */
export function restartSidecarLater(log: Logger, delay = RETRY_GAP): void {
  setTimeout(() => void restartSidecar(log), delay).unref();
}

/**
 * Whether the sidecar keeps deliveries that it has not made when it leaves the broker, which RabbitMQ's
 * component does. False when there is no sidecar: then it restarts in any case.
 */
export async function sidecarKeepsDeliveries(): Promise<boolean> {
  let body: SidecarMetadata;
  try {
    body = await sidecarMetadata(300);
  } catch (error) {
    // One that is slow may still have deliveries.
    return (error as Error).name === 'TimeoutError';
  }
  return (body.components ?? []).some(({ type }) => type === PUBLISH_PROOF.componentType);
}

/** Ends the sidecar; the kubelet starts it again. */
export async function restartSidecar(log: Logger): Promise<void> {
  try {
    const { status } = await fetch(`http://127.0.0.1:${daprHttpPort()}/v1.0/shutdown`, {
      method: 'POST',
      headers: sidecarHeaders(),
      signal: AbortSignal.timeout(2_000),
    });
    log.warn({ status }, 'sidecar told to restart');
  } catch (error) {
    // Not there: then it restarts in any case.
    log.info({ reason: (error as Error).message }, 'no sidecar to restart');
  }
}
