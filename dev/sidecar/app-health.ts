import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthSettings } from './app-resources.ts';

/** Milliseconds between two probes of an app that is not healthy: an app that has started gets events at once. */
const RECOVERY_INTERVAL = 40;

/** What follows the health of an app. */
export interface AppHealthOptions {
  /** @default - the app is always healthy */
  readonly settings: HealthSettings | undefined;
  readonly probe: (settings: HealthSettings) => Promise<boolean>;
  readonly onHealthy: () => Promise<void>;
  readonly onUnhealthy: () => Promise<void>;
  /** Ends the probes. */
  readonly signal: AbortSignal;
}

/** Probes an app until the signal is aborted, and says when it becomes healthy or unhealthy. */
export async function followHealth(options: AppHealthOptions): Promise<void> {
  const { settings, probe, onHealthy, onUnhealthy, signal } = options;
  if (settings === undefined) {
    await onHealthy();
    return;
  }
  const ended = () => signal.aborted;
  let failures = settings.threshold;
  while (!ended()) {
    const before = failures < settings.threshold;
    failures = (await probe(settings)) ? 0 : failures + 1;
    const healthy = failures < settings.threshold;
    if (before !== healthy && !ended()) {
      await (healthy ? onHealthy() : onUnhealthy());
    }
    await sleep(healthy ? settings.interval : RECOVERY_INTERVAL, undefined, { signal }).catch(
      () => undefined,
    );
  }
}
