import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  isContainerRestart,
  resubscribeGuard,
  type ResubscribeGuardOptions,
} from './resubscribe-guard.ts';
import { InFlightTracker } from '../http/in-flight-tracker.ts';

const WAITING = 'waiting for the sidecar to end its deliveries';

/** An app whose database is down while `reason` says so. */
function app(idleTime: number, options: Partial<ResubscribeGuardOptions> = {}) {
  const state = {
    reason: undefined as string | undefined,
    restarts: 0,
    inFlight: new InFlightTracker(),
  };
  const ready = resubscribeGuard({
    readiness: () => Promise.resolve(state.reason),
    inFlight: state.inFlight,
    restartSidecar: () => {
      state.restarts++;
    },
    idleTime,
    ...options,
  });
  return { state, ready };
}

describe('an app', () => {
  it('is ready while it is able, whatever is under way', async () => {
    const { state, ready } = app(60);
    void state.inFlight.track(() => new Promise(() => undefined));
    state.inFlight.failed();
    expect(await ready()).toBeUndefined();
    expect(state.restarts).toBe(0);
  });

  it('stays unready after an outage while a delivery is under way, and a while longer', async () => {
    const { state, ready } = app(60);
    let end = (): void => undefined;
    const delivery = state.inFlight.track(() => new Promise<void>((resolve) => (end = resolve)));
    state.reason = 'database down';
    expect(await ready()).toBe('database down');
    state.reason = undefined;
    expect(await ready()).toBe(WAITING);
    end();
    await delivery;
    expect(await ready()).toBe(WAITING);
    await expect.poll(ready).toBeUndefined();
    expect(state.restarts).toBe(0);
  });

  it('restarts its sidecar after an outage when a failed delivery may be redelivered', async () => {
    const { state, ready } = app(0);
    state.inFlight.failed();
    state.reason = 'database down';
    await ready();
    state.reason = undefined;
    expect(await ready()).toBeUndefined();
    expect(await ready()).toBeUndefined();
    expect(state.restarts).toBe(1);
  });
});

describe('an app whose sidecar has served another process', () => {
  it('is ready, and restarts its sidecar a little later', async () => {
    const { state, ready } = app(60_000, { containerRestarted: true });
    expect(await ready()).toBeUndefined();
    expect(await ready()).toBeUndefined();
    expect(state.restarts).toBe(1);
  });
});

describe('an app whose sidecar keeps deliveries', () => {
  const STARTING = 'the sidecar restarts';

  function keeping(options: Partial<ResubscribeGuardOptions> = {}) {
    const now = { restarts: 0 };
    const { state, ready } = app(0, {
      keepsDeliveries: () => Promise.resolve(true),
      restartSidecarNow: () => {
        now.restarts++;
        return Promise.resolve();
      },
      ...options,
    });
    return { state, ready, now };
  }

  it('is ready at its first start', async () => {
    const { ready, now } = keeping();
    expect(await ready()).toBeUndefined();
    expect(now.restarts).toBe(0);
  });

  it('restarts it once before it is ready again', async () => {
    const { state, ready, now } = keeping();
    state.inFlight.failed();
    state.reason = 'database down';
    expect(await ready()).toBe('database down');
    state.reason = undefined;
    expect(await Promise.all([ready(), ready()])).toEqual([STARTING, STARTING]);
    expect(await ready()).toBeUndefined();
    expect(now.restarts).toBe(1);
    expect(state.restarts).toBe(0);
  });

  it('restarts it where it has served another process', async () => {
    const { state, ready, now } = keeping({ containerRestarted: true });
    expect(await ready()).toBe(STARTING);
    expect(await ready()).toBeUndefined();
    expect(now.restarts).toBe(1);
    expect(state.restarts).toBe(0);
  });

  it('stays unready while deliveries are under way', async () => {
    const { state, ready, now } = keeping({ idleTime: 60_000 });
    state.reason = 'database down';
    await ready();
    state.reason = undefined;
    expect(await ready()).toBe(WAITING);
    expect(now.restarts).toBe(0);
  });
});

it('a process knows whether it follows another in its pod', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rejoin-'));
  expect(isContainerRestart(folder)).toBe(false);
  expect(isContainerRestart(folder)).toBe(true);
  rmSync(folder, { recursive: true });
});
