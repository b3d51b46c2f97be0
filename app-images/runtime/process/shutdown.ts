import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InFlightTracker } from '../http/in-flight-tracker.ts';
import type { Logger } from '../telemetry/logging.ts';

/** Times of {@link drain}, in milliseconds. */
export interface DrainOptions {
  /** Time without anything in flight after which the process stops. @default 2000 */
  readonly idleTime?: number;
  /** Time after which the process stops in any case. @default 25000 */
  readonly timeout?: number;
}

/**
 * Waits until no more deliveries arrive. Kubernetes stops sidecar and app at the same time, and the sidecar still
 * delivers the events that it has fetched: they would fail, and go to the dead letters, if the app stopped first.
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

/** Something that ends with the process. */
interface Stoppable {
  stop(): Promise<void>;
}

/** Stops background tasks, and then what sends their events. */
export async function stopLoops(
  loops: readonly Stoppable[],
  senders: Stoppable | undefined,
): Promise<void> {
  await Promise.all(loops.map((loop) => loop.stop()));
  await senders?.stop();
}

/** Stops a server and what belongs to it on SIGTERM or SIGINT, once it has drained. */
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
