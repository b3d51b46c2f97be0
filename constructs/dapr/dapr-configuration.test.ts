import { describe, expect, it } from 'vitest';
import { Environment, TraceEndpoint } from '../platform/index.ts';
import { inProduction, TestPlatform } from '../testing/fixtures.ts';
import { manifestProblems } from '../testing/manifest-problems.ts';
import { DaprConfiguration } from './dapr-configuration.ts';

const external = { postgres: { host: 'postgres.example.com' } };

describe('DaprConfiguration', () => {
  it.each([
    [Environment.local(), '1'],
    [inProduction(external), '0.1'],
    [inProduction({ ...external, traceSampling: 0 }), '0'],
  ])('samples as the environment does (%#)', (environment, samplingRate) => {
    const test = new TestPlatform(environment);
    test.producer();
    expect(test.object('Configuration', 'event-platform').spec.tracing).toEqual({ samplingRate });
  });

  it('takes another sampling', () => {
    const test = new TestPlatform();
    new DaprConfiguration(test.platform, 'quiet', { traceSampling: 0.5 });
    expect(test.object('Configuration', 'quiet').spec.tracing.samplingRate).toBe('0.5');
  });

  it.each([
    ['http://collector.monitoring:4318', 'collector.monitoring:4318', false],
    ['https://otlp.example.com', 'otlp.example.com:443', true],
  ])('gives daprd host and port of OTLP at %s', (url, endpointAddress, isSecure) => {
    const test = new TestPlatform(Environment.local({ traces: TraceEndpoint.otlp(url) }));
    test.producer();
    expect(test.object('Configuration', 'event-platform').spec.tracing).toEqual({
      samplingRate: '1',
      otel: { endpointAddress, isSecure, protocol: 'http' },
    });
    expect(manifestProblems([test.object('Configuration', 'event-platform')])).toEqual([]);
  });

  it('is known by its name, not by its id', () => {
    const { platform } = new TestPlatform();
    new DaprConfiguration(platform, 'id', { name: 'name' });
    expect(DaprConfiguration.exists(platform, 'name')).toBe(true);
    expect(DaprConfiguration.exists(platform, 'id')).toBe(false);
  });

  it('is created with the settings of the environment where no app names one', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    const configurations = () => test.objects().filter(({ kind }) => kind === 'Configuration');
    expect(configurations().map(({ metadata }) => metadata.name)).toEqual(['event-platform']);
    // A declared one takes its place, though apps were there before.
    const other = new TestPlatform();
    other.producer();
    new DaprConfiguration(other.platform, 'event-platform', { traceSampling: 0.25 });
    expect(other.object('Configuration', 'event-platform').spec.tracing.samplingRate).toBe('0.25');
  });

  it('is missed by each app that wants it, with the remedy', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer({ configuration: 'other' });
    expect(() => test.objects()).toThrow(
      "test/order-processor/app: Dapr Configuration 'other' is not declared, and no sidecar starts without it: add `new DaprConfiguration(platform, 'other')`",
    );
    // Where it is declared, and when, does not matter.
    new DaprConfiguration(test.platform, 'other');
    const { annotations } = test.object('Deployment', 'order-processor').spec.template.metadata;
    expect(annotations['dapr.io/config']).toBe('other');
  });

  it('refuses a name that is none', () => {
    const { platform } = new TestPlatform();
    expect(() => new DaprConfiguration(platform, 'Config')).toThrow(
      "test/Config: name 'Config' is not a DNS label: use a-z, 0-9 and '-'",
    );
  });
});
