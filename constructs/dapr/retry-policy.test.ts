import { Duration } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EventPlatform,
  type IdempotentConsumerProps,
  type IMessageBroker,
  NatsJetStream,
  RabbitMqCluster,
  RedisStreams,
} from '../index.ts';
import { TestPlatform } from '../testing/fixtures.ts';
import { DEFAULT_RETRIES, type RetryPolicy, retryTimes } from './retry-policy.ts';

const seconds = (value: number) => Duration.millis(value * 1000);
const FIVE: RetryPolicy = { maxRetries: 5, minInterval: seconds(1), maxInterval: seconds(60) };

function consumer(
  props: Partial<IdempotentConsumerProps>,
  broker?: (platform: EventPlatform) => IMessageBroker,
) {
  const test = new TestPlatform<IMessageBroker>(undefined, broker);
  test.producer();
  test.consumer(props);
  const { policies } = test.object('Resiliency', 'order-processor-resiliency').spec;
  const [container] = test.object('Deployment', 'order-processor').spec.template.spec.containers;
  const { env } = container as { env: { name: string; value?: string }[] };
  return {
    deliver: policies.retries.deliver as unknown,
    env: (name: string) => env.find((variable) => variable.name === name)?.value,
  };
}

describe('retries', () => {
  it('are nine within about 35 s where nobody says otherwise', () => {
    expect(consumer({})).toMatchObject({
      deliver: { policy: 'exponential', maxInterval: '10s', maxRetries: 9 },
    });
    expect(consumer({}).env('RETRY_WINDOW_SECONDS')).toBeUndefined();
    expect(retryTimes(DEFAULT_RETRIES).total).toBeGreaterThan(34);
    expect(retryTimes(DEFAULT_RETRIES).total).toBeLessThan(36);
    expect(retryTimes(DEFAULT_RETRIES).longestWait).toBe(15);
  });

  it('may be five from 1 s to 60 s: as many, in the same 31 s', () => {
    const { deliver, env } = consumer({ retries: FIVE });
    expect(deliver).toEqual({ policy: 'constant', duration: '6200ms', maxRetries: 5 });
    expect(env('RETRY_WINDOW_SECONDS')).toBe('32');
    expect(env('RETRY_GAP_SECONDS')).toBe('8');
  });

  it('tell the image how long they are', () => {
    const retries = { maxRetries: 12, maxInterval: seconds(16) };
    const { deliver, env } = consumer({ retries });
    expect(deliver).toEqual({ policy: 'exponential', maxInterval: '16s', maxRetries: 12 });
    expect(Number(env('RETRY_WINDOW_SECONDS'))).toBeGreaterThan(100);
    expect(env('RETRY_GAP_SECONDS')).toBe('25');
  });

  it.each<[string, (platform: EventPlatform) => IMessageBroker]>([
    ['RabbitMQ', (platform) => new RabbitMqCluster(platform, 'broker')],
    ['Redis Streams', (platform) => new RedisStreams(platform, 'broker')],
    ['NATS', (platform) => new NatsJetStream(platform, 'broker')],
  ])('of five from 1 s to 60 s go together with %s', (_, broker) => {
    expect(() => consumer({ retries: FIVE }, broker)).not.toThrow();
    expect(() => consumer({ retries: DEFAULT_RETRIES }, broker)).not.toThrow();
  });

  it.each<[string, (platform: EventPlatform) => IMessageBroker, number]>([
    ['RabbitMQ', (platform) => new RabbitMqCluster(platform, 'broker'), 200],
    ['Redis Streams', (platform) => new RedisStreams(platform, 'broker'), 40],
    ['NATS', (platform) => new NatsJetStream(platform, 'broker'), 40],
  ])('are refused when %s would deliver again before they end', (_, broker, limit) => {
    const retries = { maxRetries: 40, maxInterval: seconds(10) };
    expect(() => consumer({ retries }, broker)).toThrow(
      `test/order-processor: retries.maxRetries (40) take 344.6 s on average, and beyond ${limit} s the broker delivers the event again before it gets to the dead letters: use fewer, or shorter intervals`,
    );
  });

  it.each<[Partial<RetryPolicy>, string]>([
    [
      { maxRetries: 20, maxInterval: seconds(60) },
      'retries.maxInterval (1 minute) may have a delivery wait for 90 s, and a pod that stops ends it after the drain (25 seconds), so that its tries begin again: use a maxInterval of at most 16.6 seconds, or a drain of 90 seconds',
    ],
    [
      { minInterval: seconds(20) },
      'retries.minInterval (20 seconds) exceeds maxInterval (10 seconds): use at most 10 seconds',
    ],
    [{ minInterval: seconds(0) }, 'retries.minInterval (0 s) is too short'],
    [{ maxInterval: seconds(0) }, 'retries.maxInterval (0 s) is too short'],
    [{ maxRetries: '5' as never }, "retries.maxRetries ('5') must be a number"],
    [{ maxInterval: 5 as never }, 'retries.maxInterval (5) must be a Duration'],
    [{ tries: 5 } as never, "'retries.tries' is not known"],
  ])('are refused with value and remedy: %o', (change, message) => {
    const retries = { ...DEFAULT_RETRIES, ...change };
    expect(() => consumer({ retries })).toThrow(`test/order-processor: ${message}`);
  });

  it('may wait longer where pods have the time', () => {
    const retries = { maxRetries: 20, maxInterval: seconds(60) };
    expect(() => consumer({ retries, drain: seconds(90) })).not.toThrow();
  });
});

it('times are those of each wait', () => {
  const policies = fc.record({
    maxRetries: fc.integer({ min: 1, max: 30 }),
    most: fc.integer({ min: 1, max: 100 }),
  });
  fc.assert(
    fc.property(policies, ({ maxRetries, most }) => {
      const waits = Array.from({ length: maxRetries }, (_, n) => Math.min(0.5 * 1.5 ** n, most));
      const times = retryTimes({ maxRetries, maxInterval: seconds(most) });
      expect(times.total).toBeCloseTo(waits.reduce((sum, wait) => sum + wait));
      expect(times.longestWait).toBeCloseTo(waits.at(-1)! * 1.5);
    }),
  );
});
