import { setTimeout as sleep } from 'node:timers/promises';
import { resubscribeGuard } from '../../app-images/runtime/process/resubscribe-guard.ts';
import type { LabPod } from './lab.ts';
import type { ProbeApp } from './probe-app.ts';

/** Longer than two probes of the sidecar, which come each second. */
const UNREADY = 3_000;
/** Longer than one. */
const READY = 1_500;

/** Waits until something holds, and returns whether it does. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  seconds: number,
): Promise<boolean> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) {
      return false;
    }
    await sleep(50);
  }
  return true;
}

/** Waits until an app has deliveries in hand. @throws Error when none come. */
export async function inHand(app: ProbeApp, deliveries = 1): Promise<void> {
  if (!(await eventually(() => app.inHand >= deliveries, 20))) {
    throw new Error(`the app has ${app.inHand} deliveries in hand, not ${deliveries}`);
  }
}

/**
 * An outage of what an app depends on, while deliveries are under way: the app turns unready, is able
 * again, and the deliveries end then.
 *
 * @param release ends them.
 */
export async function outage(app: ProbeApp, release: () => void): Promise<void> {
  app.down = true;
  await sleep(UNREADY);
  app.down = false;
  await sleep(READY);
  release();
}

/** Ends a sidecar; it is started again. */
export async function restartSidecar({ ports }: LabPod): Promise<void> {
  await fetch(`http://127.0.0.1:${ports.http}/v1.0/shutdown`, { method: 'POST' });
}

/**
 * Gives an app the runtime's own guard.
 *
 * @param keepsDeliveries whether the sidecar keeps deliveries when it leaves the broker.
 */
export function guard(pod: LabPod, keepsDeliveries = false): void {
  const { app } = pod;
  app.readiness = resubscribeGuard({
    readiness: app.able,
    inFlight: app.work,
    restartSidecar: () => undefined,
    restartSidecarNow: () => restartSidecar(pod),
    keepsDeliveries: () => Promise.resolve(keepsDeliveries),
  });
}
