import { describe, expect, it } from 'vitest';
import { Faults, type FaultSettings } from './faults.ts';

const { signal } = new AbortController();

/** Delivers a hundred times. Returns how often the app got each, and whether its answer arrived. */
async function deliveries(settings: FaultSettings, seed?: number) {
  const faults = new Faults(seed);
  faults.set(settings);
  const results: { received: number; answered: boolean }[] = [];
  for (let n = 0; n < 100; n++) {
    let received = 0;
    const answer = await faults.around(signal, () => Promise.resolve(++received));
    results.push({ received, answered: answer === 1 });
  }
  return results;
}

describe('around', () => {
  it('delivers once without faults', async () => {
    expect(await deliveries({})).toEqual(Array(100).fill({ received: 1, answered: true }));
  });

  it('delivers a share a second time, and answers with what the first was answered', async () => {
    const results = await deliveries({ duplicates: 0.3 });
    const twice = results.filter(({ received }) => received === 2).length;
    expect(twice).toBeGreaterThan(15);
    expect(twice).toBeLessThan(45);
    expect(results.every(({ answered }) => answered)).toBe(true);
  });

  it('loses all answers after the app has got the delivery', async () => {
    const lost = { received: 1, answered: false };
    expect(await deliveries({ loseAnswers: 1 })).toEqual(Array(100).fill(lost));
  });

  it('makes the same decisions for the same seed, and others for another', async () => {
    const settings = { duplicates: 0.5, loseAnswers: 0.5 };
    expect(await deliveries(settings, 7)).toEqual(await deliveries(settings, 7));
    expect(await deliveries(settings, 7)).not.toEqual(await deliveries(settings, 8));
  });

  it('repeats no delivery without an answer', async () => {
    const faults = new Faults();
    faults.set({ duplicates: 1 });
    let received = 0;
    await faults.around(signal, () => {
      received++;
      return Promise.resolve(undefined);
    });
    expect(received).toBe(1);
  });

  it('waits before a delivery, until requests are cut', async () => {
    const faults = new Faults();
    faults.set({ delay: 30 });
    let start = performance.now();
    await faults.around(signal, () => Promise.resolve(true));
    expect(performance.now() - start).toBeGreaterThan(25);
    faults.set({ delay: 60_000 });
    start = performance.now();
    await faults.around(AbortSignal.timeout(10), () => Promise.resolve(true));
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('set', () => {
  it('changes what is given, and clear ends all', () => {
    const faults = new Faults();
    faults.set({ duplicates: 0.1 });
    faults.set({ delay: 5 });
    expect(faults.settings).toEqual({
      duplicates: 0.1,
      loseAnswers: 0,
      delay: 5,
      stateDown: false,
    });
    faults.clear();
    expect(faults.settings).toEqual({ duplicates: 0, loseAnswers: 0, delay: 0, stateDown: false });
  });

  it('names every setting that is not valid', () => {
    expect(() => new Faults().set({ duplicates: 2, loseAnswers: NaN, delay: -1 })).toThrow(
      'duplicates (2) must be between 0 and 1; loseAnswers (NaN) must be between 0 and 1; delay (-1) must be at least 0',
    );
  });
});
