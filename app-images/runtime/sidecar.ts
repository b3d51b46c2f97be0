import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { RUNTIME_ENV } from '../../constructs/contracts/index.ts';

/** The port of the sidecar's HTTP API: `DAPR_HTTP_PORT`, which the injector sets, else 3500. */
export function daprHttpPort(): number {
  return Number(process.env[RUNTIME_ENV.daprHttpPort] ?? 3500);
}

/**
 * Tells the sidecar to end; the kubelet starts it again. It lets the deliveries under way finish
 * first, and subscribes to nothing more from this moment on.
 *
 * @see https://docs.dapr.io/reference/api/health_api/
 */
export async function restartSidecar(log: Logger): Promise<void> {
  try {
    const { status } = await fetch(`http://127.0.0.1:${daprHttpPort()}/v1.0/shutdown`, {
      method: 'POST',
      signal: AbortSignal.timeout(2_000),
    });
    log.warn({ status }, 'sidecar told to start anew');
    // It answers first and acts then.
    await sleep(500);
  } catch (error) {
    // Not there yet: then it starts anew in any case.
    log.info({ reason: (error as Error).message }, 'no sidecar to start anew');
  }
}
