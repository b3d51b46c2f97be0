import { describe, expect, it } from 'vitest';
import { InFlightTracker } from '../http/in-flight-tracker.ts';
import { drain } from './shutdown.ts';

describe('drain', () => {
  it('ends when nothing has been in flight for a while', async () => {
    const inFlight = new InFlightTracker();
    inFlight.stop();
    expect(inFlight.stopping).toBe(true);
    expect(await drain(inFlight, { idleTime: 30, timeout: 5_000 })).toBe('idle');
  });

  it('waits for what is in flight, and for what comes while it waits', async () => {
    const inFlight = new InFlightTracker();
    inFlight.stop();
    const ended: string[] = [];
    let end = (): void => undefined;
    const first = inFlight.track(async () => {
      await new Promise<void>((resolve) => (end = resolve));
      ended.push('delivery');
    });
    const drained = drain(inFlight, { idleTime: 30, timeout: 5_000 }).then((how) =>
      ended.push(how),
    );
    expect(inFlight.idleFor).toBe(0);
    end();
    await first;
    await drained;
    expect(ended).toEqual(['delivery', 'idle']);
  });

  it('ends at the deadline whatever is in flight', async () => {
    const inFlight = new InFlightTracker();
    void inFlight.track(() => new Promise(() => undefined));
    expect(await drain(inFlight, { idleTime: 10, timeout: 50 })).toBe('timeout');
  });
});
