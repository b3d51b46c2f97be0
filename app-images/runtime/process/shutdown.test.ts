import { describe, expect, it } from 'vitest';
import { Work } from '../http/in-flight-tracker.ts';
import { drain } from './shutdown.ts';

describe('drain', () => {
  it('ends when nothing has been in flight for a while', async () => {
    const work = new Work();
    work.stop();
    expect(work.stopping).toBe(true);
    expect(await drain(work, { quiet: 30, deadline: 5_000 })).toBe('quiet');
  });

  it('waits for what is in flight, and for what comes while it waits', async () => {
    const work = new Work();
    work.stop();
    const ended: string[] = [];
    let end = (): void => undefined;
    const first = work.track(async () => {
      await new Promise<void>((resolve) => (end = resolve));
      ended.push('delivery');
    });
    const drained = drain(work, { quiet: 30, deadline: 5_000 }).then((how) => ended.push(how));
    expect(work.idleFor).toBe(0);
    end();
    await first;
    await drained;
    expect(ended).toEqual(['delivery', 'quiet']);
  });

  it('ends at the deadline whatever is in flight', async () => {
    const work = new Work();
    void work.track(() => new Promise(() => undefined));
    expect(await drain(work, { quiet: 10, deadline: 50 })).toBe('deadline');
  });
});
