import { describe, expect, it } from 'vitest';
import { Environment, TraceEndpoint } from '../platform/index.ts';
import { inProduction, TestPlatform } from '../testing/fixtures.ts';
import { Jaeger } from './index.ts';

function local(traces = Jaeger.endpoint()) {
  return new TestPlatform(Environment.local({ traces }));
}

interface Rules {
  readonly ingress?: readonly { readonly ports: readonly { readonly port: number }[] }[];
  readonly egress?: readonly { readonly ports: readonly { readonly port: number }[] }[];
}

describe('Jaeger', () => {
  it('gets the spans of apps and sidecars, and keeps the newest 5,000', () => {
    const test = local();
    test.producer();
    new Jaeger(test.platform, 'jaeger');
    expect(test.object('Configuration', 'event-platform').spec).toMatchObject({
      tracing: { samplingRate: '1', otel: { endpointAddress: 'jaeger:4318', isSecure: false } },
    });
    const [service, pods] = [test.object('Service', 'jaeger'), test.object('Deployment', 'jaeger')];
    expect(service.spec).toMatchObject({
      ports: [
        { name: 'otlp', port: 4318 },
        { name: 'http', port: 16686 },
      ],
    });
    expect(JSON.stringify(pods.spec)).toContain('"containerPort":4318');
    expect(test.object('ConfigMap', 'jaeger').data).toMatchObject({
      'config.yaml': expect.stringContaining('max_traces: 5000') as unknown,
    });
    const ports = (policy: string, direction: keyof Rules) =>
      (test.object('NetworkPolicy', policy).spec as Rules)[direction]?.flatMap((rule) =>
        rule.ports.map(({ port }) => port),
      );
    expect(ports('jaeger', 'ingress')).toEqual([4318]);
    expect(ports('jaeger', 'egress') ?? []).toEqual([]);
    expect(ports('shop', 'egress')).toContain(4318);
  });

  it('is refused where traces go elsewhere, or nowhere', () => {
    const elsewhere = TraceEndpoint.otlp('http://tempo:4318');
    expect(() => new Jaeger(local(elsewhere).platform, 'jaeger')).toThrow(
      "environment 'local' sends traces to 'http://tempo:4318': give it traces: Jaeger.endpoint('jaeger')",
    );
    expect(() => new Jaeger(new TestPlatform().platform, 'traces')).toThrow(
      "sends traces to nobody: give it traces: Jaeger.endpoint('traces')",
    );
  });

  it('is refused in production', () => {
    expect(() => new Jaeger(new TestPlatform(inProduction()).platform, 'jaeger')).toThrow(
      'Jaeger keeps traces in memory and asks nobody who they are',
    );
  });

  it.each([
    [{ maxTraces: 0 }, 'maxTraces (0) is not a number of traces'],
    [{ maxTraces: 1.5 }, 'maxTraces (1.5) is not a number of traces'],
    [{ maxTrace: 5 }, "'maxTrace' is not known: did you mean 'maxTraces'?"],
    [{ name: 'Jaeger' }, "name 'Jaeger'"],
  ])('rejects %o', (props, problem) => {
    expect(() => new Jaeger(local().platform, 'jaeger', props as object)).toThrow(problem);
  });
});
