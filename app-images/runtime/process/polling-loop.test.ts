import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../telemetry/logging.ts';
import { startPollingLoop } from './polling-loop.ts';

function start(poll: () => Promise<number>, minDelay: number, maxDelay: number) {
  return startPollingLoop({ name: 'test', poll, minDelay, maxDelay, log: silentLogger });
}

describe('a polling loop', () => {
  it('polls without a delay while there is work, and backs off while idle', async () => {
    const times: number[] = [];
    const loop = start(() => Promise.resolve(times.push(performance.now()) <= 3 ? 1 : 0), 40, 80);
    await expect.poll(() => times.length).toBe(6);
    await loop.stop();
    const delays = times.slice(1).map((time, index) => time - times[index]!);
    // Polls 4 to 6 find nothing. Jitter makes a delay up to a half shorter.
    expect(delays[3]).toBeGreaterThanOrEqual(19);
    expect(delays[4]).toBeGreaterThanOrEqual(39);
    await sleep(150);
    expect(times).toHaveLength(6);
  });

  it('polls at once when it is woken', async () => {
    let polls = 0;
    const loop = start(() => Promise.resolve(++polls * 0), 60_000, 60_000);
    await expect.poll(() => polls).toBe(1);
    loop.wake();
    await expect.poll(() => polls).toBe(2);
    await loop.stop();
    expect(polls).toBe(2);
  });

  it('continues after a failure, but not sooner for being woken', async () => {
    let polls = 0;
    const loop = start(() => Promise.reject(new Error(`${++polls}`)), 1, 200);
    const waking = setInterval(() => loop.wake(), 1);
    await sleep(500);
    clearInterval(waking);
    await loop.stop();
    expect(polls).toBeGreaterThan(1);
    expect(polls).toBeLessThan(5);
  });
});
