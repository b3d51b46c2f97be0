import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { followsAnother, rejoinQuietly } from './rejoin.ts';
import { Work } from './shutdown.ts';

const WAITING = 'waiting for the sidecar to end its deliveries';

/** An app whose database is down while `reason` says so. */
function app(quiet: number) {
  const state = { reason: undefined as string | undefined, restarts: 0, work: new Work() };
  const ready = rejoinQuietly({
    able: () => Promise.resolve(state.reason),
    work: state.work,
    restartSidecar: () => {
      state.restarts++;
    },
    quiet,
  });
  return { state, ready };
}

describe('an app', () => {
  it('is ready while it is able, whatever is under way', async () => {
    const { state, ready } = app(60);
    void state.work.track(() => new Promise(() => undefined));
    state.work.failed();
    expect(await ready()).toBeUndefined();
    expect(state.restarts).toBe(0);
  });

  it('stays unready after an outage while a delivery is under way, and a while longer', async () => {
    const { state, ready } = app(60);
    let end = (): void => undefined;
    const delivery = state.work.track(() => new Promise<void>((resolve) => (end = resolve)));
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

  it('has its sidecar start anew after an outage when a failed delivery may come again', async () => {
    const { state, ready } = app(0);
    state.work.failed();
    state.reason = 'database down';
    await ready();
    state.reason = undefined;
    expect(await ready()).toBeUndefined();
    expect(await ready()).toBeUndefined();
    expect(state.restarts).toBe(1);
  });
});

it('a process knows whether it follows another in its pod', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rejoin-'));
  expect(followsAnother(folder)).toBe(false);
  expect(followsAnother(folder)).toBe(true);
  rmSync(folder, { recursive: true });
});
