import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InFlightTracker } from '../http/in-flight-tracker.ts';
import type { Logger } from '../telemetry/logging.ts';

/** Times of {@link drain}, in milliseconds. */
export interface DrainOptions {
  /** Quiet time after which nothing more is expected. @default 2000 */
  readonly idleTime?: number;
  /** Time after which the process ends whatever is in flight. @default 25000 */
  readonly timeout?: number;
}

/**
 * Waits until deliveries have ceased. Sidecar and app are told to stop at the same moment, and the
 * sidecar needs the app for what it has fetched already: an app that left first would have these
 * events fail, and go to the dead letters.
 */
export async function drain(
  inFlight: InFlightTracker,
  options: DrainOptions = {},
): Promise<'idle' | 'timeout'> {
  const { idleTime = 2_000, timeout = 25_000 } = options;
  const end = performance.now() + timeout;
  while (performance.now() < end) {
    if (inFlight.idleFor >= idleTime) {
      return 'idle';
    }
    await sleep(Math.min(50, idleTime));
  }
  return 'timeout';
}

/** Stops a server and what belongs to it on SIGTERM or SIGINT, once deliveries have ceased. */
export function stopOnSignal(
  server: Server,
  inFlight: InFlightTracker,
  log: Logger,
  close: () => Promise<void>,
  options: DrainOptions = {},
): void {
  const stop = async (signal: string): Promise<void> => {
    if (inFlight.stopping) {
      return;
    }
    inFlight.stop();
    log.info({ signal }, 'draining');
    const ended = await drain(inFlight, options);
    server.close();
    server.closeAllConnections();
    await close();
    log.info({ ended }, 'stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void stop(signal));
  }
}
