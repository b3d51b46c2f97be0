import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { TestPlatform } from '../testing/fixtures.ts';
import type { IdempotentConsumerProps } from '../index.ts';
import { bytes, resources } from './quantities.ts';

function consumer(props: Partial<IdempotentConsumerProps>): TestPlatform {
  const test = new TestPlatform();
  test.producer();
  test.consumer(props);
  return test;
}

describe('durations', () => {
  it.each<[Partial<IdempotentConsumerProps>, string]>([
    [
      { drain: Duration.millis(1500) },
      'test/order-processor: drain (1 second 500 millis) is not a whole number of seconds of 1 or more: use e.g. 2 seconds',
    ],
    [
      { drain: Duration.millis(NaN) },
      'test/order-processor: drain (NaN s) is not a whole number of seconds of 1 or more: use e.g. 1 seconds',
    ],
    [
      { alerts: { maxProcessingTime: Duration.millis(0) } },
      'test/order-processor: alerts.maxProcessingTime (0 s) must be at least 1 second',
    ],
    [
      { terminationGracePeriod: Duration.millis(40_500) },
      'test/order-processor: terminationGracePeriod (40 seconds 500 millis) is not a whole number of seconds of 1 or more: use e.g. 41 seconds',
    ],
    [
      { scaling: { pollingInterval: Duration.seconds(0) } },
      'test/order-processor/scaler: pollingInterval (0 seconds) is not a whole number of seconds of 1 or more: use e.g. 1 seconds',
    ],
    [
      { alerts: { for: Duration.millis(100) } },
      'test/order-processor: alerts.for (100 millis) is not a whole number of seconds of 1 or more: use e.g. 1 seconds',
    ],
  ])('that do not fit are refused with where they are: %#', (props, message) => {
    expect(() => consumer(props)).toThrow(message);
  });

  it('are written as they are where they fit', () => {
    const test = consumer({
      alerts: { for: Duration.seconds(90), maxProcessingTime: Duration.millis(500) },
      retries: { maxRetries: 3, maxInterval: Duration.millis(2_500) },
      drain: Duration.minutes(1),
    });
    expect(test.alert('ConsumerLagHigh').for).toBe('90s');
    expect(test.alert('EventProcessingSlow').expr).toMatch(/> 0\.5$/);
    const { policies } = test.object('Resiliency', 'order-processor-resiliency').spec;
    expect(policies.retries.deliver.maxInterval).toBe('2500ms');
    const [container] = test.object('Deployment', 'order-processor').spec.template.spec.containers;
    expect(container.env).toContainEqual({ name: 'DRAIN_SECONDS', value: '60' });
  });

  it('of a topic may be of any length', () => {
    const test = new TestPlatform(undefined, { retention: Duration.seconds(90) });
    test.producer();
    test.consumer();
    expect(() => test.objects()).not.toThrow();
  });
});

describe('quantities are written as the API server keeps them', () => {
  it.each([
    [Size.mebibytes(0), '0'],
    [Size.kibibytes(512), '512Ki'],
    [Size.kibibytes(1536), '1536Ki'],
    [Size.mebibytes(64), '64Mi'],
    [Size.mebibytes(1024), '1Gi'],
    [Size.mebibytes(1536), '1536Mi'],
    [Size.gibibytes(5), '5Gi'],
    [Size.tebibytes(2), '2Ti'],
  ])('%s', (size, text) => {
    expect(bytes(size).value).toBe(text);
  });

  it.each([
    ['100m', '100m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['0.5', '500m'],
    ['2', '2'],
    ['2.0', '2'],
    ['0.4m', '0.4m'],
    ['1e3m', '1e3m'],
  ])('%s of a core', (cpu, text) => {
    const { requests, limits } = resources({
      cpuRequest: cpu,
      cpuLimit: cpu,
      memoryRequest: Size.mebibytes(64),
    });
    expect(requests?.cpu?.value).toBe(text);
    expect(limits?.cpu?.value).toBe(text);
  });
});
