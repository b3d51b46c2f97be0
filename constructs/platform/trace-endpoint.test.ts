import { describe, expect, it } from 'vitest';
import { TraceEndpoint } from './trace-endpoint.ts';

describe('TraceEndpoint', () => {
  it('keeps the path of Zipkin', () => {
    expect(TraceEndpoint.zipkin('http://zipkin.monitoring:9411/api/v2/spans')).toEqual({
      protocol: 'zipkin',
      url: 'http://zipkin.monitoring:9411/api/v2/spans',
      host: 'zipkin.monitoring',
      port: 9411,
      tls: false,
    });
  });

  it.each([
    ['http://otel-collector.monitoring:4318', 'otel-collector.monitoring', 4318, false],
    ['http://otel-collector.monitoring:4318/', 'otel-collector.monitoring', 4318, false],
    ['https://otlp.example.com', 'otlp.example.com', 443, true],
    ['http://otlp.example.com', 'otlp.example.com', 80, false],
    ['http://[::1]:4318', '[::1]', 4318, false],
  ])('knows host and port of OTLP at %s', (url, host, port, tls) => {
    const endpoint = TraceEndpoint.otlp(url);
    expect(endpoint).toEqual({ protocol: 'otlp', url: url.replace(/\/$/, ''), host, port, tls });
  });

  it.each(['zipkin:9411', 'grpc://collector:4317', 'http://', 'otel-collector', ''])(
    "refuses '%s', which is no URL of http",
    (url) => {
      const problem = (example: string) =>
        `trace endpoint '${url}' is not a URL of http or https: give one such as '${example}'`;
      expect(() => TraceEndpoint.zipkin(url)).toThrow(
        problem('http://zipkin.monitoring:9411/api/v2/spans'),
      );
      expect(() => TraceEndpoint.otlp(url)).toThrow(
        problem('http://otel-collector.monitoring:4318'),
      );
    },
  );

  it('refuses a path of OTLP', () => {
    expect(() => TraceEndpoint.otlp('http://collector:4318/v1/traces')).toThrow(
      "trace endpoint 'http://collector:4318/v1/traces' has a path, which daprd cannot be told: use 'http://collector:4318', spans go to its /v1/traces",
    );
  });

  it('refuses Zipkin without a path', () => {
    expect(() => TraceEndpoint.zipkin('http://zipkin:9411')).toThrow(
      "trace endpoint 'http://zipkin:9411' has no path, and Zipkin takes no spans at '/': use 'http://zipkin:9411/api/v2/spans'",
    );
  });

  it('refuses a query', () => {
    expect(() => TraceEndpoint.zipkin('http://zipkin:9411/api/v2/spans?a=1')).toThrow(
      "trace endpoint 'http://zipkin:9411/api/v2/spans?a=1' has a query or a fragment, which exporters leave out: give one such as 'http://zipkin.monitoring:9411/api/v2/spans'",
    );
  });

  it('refuses a login, and does not repeat it', () => {
    expect(() => TraceEndpoint.otlp('https://user:secret@otlp.example.com')).toThrow(
      "trace endpoint at 'otlp.example.com' has a login in its URL, which everybody could read in the manifests: let a collector in the cluster log in",
    );
  });
});
