import { Duration } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineApp } from '@cdk8s-event-platform/contracts';
import { OrderPlaced, orderProcessor, TestPlatform } from '../testing/fixtures.ts';
import { DEFAULT_RETRIES, retryProblems } from './retry-policy.ts';

const maxInterval = Duration.seconds(10);

describe('retryProblems', () => {
  it('accepts every number of tries after which there is an end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (maxRetries) => {
        expect(retryProblems({ maxRetries, maxInterval })).toEqual([]);
      }),
    );
  });

  it('has nothing against the default, which lasts longer than the restart of a container', () => {
    expect(retryProblems(DEFAULT_RETRIES)).toEqual([]);
    const waits = Array.from({ length: DEFAULT_RETRIES.maxRetries }, (_, retry) =>
      Math.min(0.5 * 1.5 ** retry, DEFAULT_RETRIES.maxInterval.toSeconds()),
    );
    expect(waits.reduce((sum, wait) => sum + wait)).toBeGreaterThan(30);
  });
});

it.each([0, NaN, 1.5])('refuses to wait %d ms between tries', (milliseconds) => {
  const [problem] = retryProblems({ maxRetries: 1, maxInterval: Duration.millis(milliseconds) });
  expect(problem).toBe(
    `maxInterval (${milliseconds / 1000} s) is too short: use whole milliseconds, 1 or more, e.g. 10 seconds`,
  );
});

describe('DaprResiliency', () => {
  it.each([
    [
      -1,
      'test/order-processor: retries.maxRetries (-1) retries for ever: the dead-letter topic would never be reached and the partition would stand still; use 1 or more, e.g. 9 [EP4004]',
    ],
    [
      0,
      'test/order-processor: retries.maxRetries (0) sends an event to the dead letters on its first failure: use 1 or more, e.g. 9 [EP4004]',
    ],
    [0.5, 'test/order-processor: retries.maxRetries (0.5)'],
    [NaN, 'test/order-processor: retries.maxRetries (NaN)'],
    [Infinity, 'test/order-processor: retries.maxRetries (Infinity)'],
  ])('refuses %d retries with path, value and remedy', (maxRetries, message) => {
    const consumer = () => new TestPlatform().consumer({ retries: { maxRetries, maxInterval } });
    expect(consumer).toThrow(message);
    expect(consumer).toThrow(/use 1 or more, e\.g\. 9 \[EP4004\]$/);
  });

  it('retries deliveries nine times by default, and publishing three times', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    const { spec } = test.object('Resiliency', 'order-processor-resiliency');
    expect(spec.policies).toEqual({
      timeouts: { publish: '10s' },
      retries: {
        publish: { policy: 'exponential', maxInterval: '5s', maxRetries: 3 },
        deliver: { policy: 'exponential', maxInterval: '10s', maxRetries: 9 },
      },
    });
  });

  it('has no circuit breaker, and no timeout on deliveries, for any kind of app', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    test.consumer(
      {},
      defineApp({ ...orderProcessor, appId: 'both', publishes: [OrderPlaced], migrations: [] }),
    );
    const all = test.objects().filter(({ kind }) => kind === 'Resiliency');
    expect(all.map(({ scopes }) => scopes as string[])).toEqual([
      ['shop'],
      ['order-processor'],
      ['both'],
    ]);
    for (const { spec } of all) {
      expect(JSON.stringify(spec)).not.toMatch(/circuitBreaker/);
      expect(spec.targets.components.pubsub.outbound).toEqual({
        retry: 'publish',
        timeout: 'publish',
      });
    }
    for (const { spec } of all.slice(1)) {
      expect(spec.targets.components.pubsub.inbound).toEqual({ retry: 'deliver' });
    }
  });

  it('names only policies that it has', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    for (const { spec } of test.objects().filter(({ kind }) => kind === 'Resiliency')) {
      const targets = Object.values(spec.targets.components.pubsub as object) as {
        retry: string;
        timeout?: string;
      }[];
      for (const { retry, timeout } of targets) {
        expect(spec.policies.retries).toHaveProperty(retry);
        if (timeout !== undefined) {
          expect(spec.policies.timeouts).toHaveProperty(timeout);
        }
      }
    }
  });
});
