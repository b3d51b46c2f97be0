import { describe, expect, it } from 'vitest';
import { TRACING_ENV } from '@cdk8s-event-platform/contracts/interface';
import { Environment, TraceEndpoint } from '../platform/index.ts';
import { DaprConfiguration, NatsJetStream } from '../index.ts';
import { TestPlatform } from '../testing/fixtures.ts';

const TRACING_NAMES: ReadonlySet<string> = new Set(Object.values(TRACING_ENV));

/** The variables of tracing in the container of an app. */
function variables(test: TestPlatform, app: string): Record<string, string> {
  const [container] = test.object('Deployment', app).spec.template.spec.containers;
  return Object.fromEntries(
    (container.env as { name: string; value: string }[])
      .filter(({ name }) => TRACING_NAMES.has(name))
      .map(({ name, value }) => [name, value]),
  );
}

const traces = TraceEndpoint.otlp('http://collector.monitoring:4318');

describe('an app', () => {
  it('is told where traces go by OTLP, as its sidecar is', () => {
    const test = new TestPlatform(Environment.local({ traces, traceSampling: 0.25 }));
    test.producer();
    test.consumer();
    const shared = {
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.monitoring:4318',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      MESSAGING_SYSTEM: 'kafka',
    };
    expect(variables(test, 'shop')).toEqual({ ...shared, OTEL_SERVICE_NAME: 'shop' });
    expect(variables(test, 'order-processor')).toEqual({
      ...shared,
      OTEL_SERVICE_NAME: 'order-processor',
    });
  });

  it('is told where traces go by Zipkin, and the name of the broker', () => {
    const zipkin = TraceEndpoint.zipkin('http://zipkin:9411/api/v2/spans');
    const test = new TestPlatform(
      Environment.local({ traces: zipkin }),
      (platform) => new NatsJetStream(platform, 'nats'),
    );
    test.producer();
    const [container] = test.object('Deployment', 'shop').spec.template.spec.containers;
    expect(container.env).toEqual(
      expect.arrayContaining([
        { name: 'OTEL_TRACES_EXPORTER', value: 'zipkin' },
        { name: 'OTEL_EXPORTER_ZIPKIN_ENDPOINT', value: 'http://zipkin:9411/api/v2/spans' },
        { name: 'MESSAGING_SYSTEM', value: 'nats' },
      ]),
    );
    expect(container.env).not.toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'OTEL_EXPORTER_OTLP_ENDPOINT' })]),
    );
  });

  it('samples as the Configuration of its sidecar, which may come later', () => {
    const test = new TestPlatform(Environment.local({ traces }));
    test.producer();
    test.consumer({ configuration: 'quiet' });
    new DaprConfiguration(test.platform, 'quiet', { traceSampling: 0.01 });
    expect(variables(test, 'order-processor').OTEL_TRACES_SAMPLER_ARG).toBe('0.01');
  });

  it('is told nothing where traces are not exported', () => {
    const test = new TestPlatform();
    test.producer();
    expect(variables(test, 'shop')).toEqual({});
  });
});
