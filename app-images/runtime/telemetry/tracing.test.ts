import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SpanKind } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { createDatabase } from '../../testing/database.ts';
import { ledger, ledgerIds, ledgerManifest, Paid } from '../../testing/ledger.ts';
import { ACKNOWLEDGED, RunningConsumer } from '../../testing/running-consumer.ts';
import { SeenSpans, traceparentOf } from '../../testing/tracing.ts';
import { type Logger, silentLogger } from './logging.ts';
import { LimitedExporter } from './trace-export.ts';
import { loadTracing } from './load-tracing.ts';
import { wallClock } from './wall-clock.ts';

let endpoint: Server | undefined;

afterEach(() => {
  vi.unstubAllEnvs();
  endpoint?.closeAllConnections();
  endpoint?.close();
  endpoint = undefined;
});

/** A log whose lines can be looked at. */
function lines(): { log: Logger; messages: string[] } {
  const messages: string[] = [];
  const line = (_fields: object, message: string) => void messages.push(message);
  return { log: { ...silentLogger, warn: line, info: line }, messages };
}

/** Starts an endpoint and has the environment name it. Returns the bodies that it gets. */
async function collector(protocol: 'otlp' | 'zipkin', answers = true): Promise<string[]> {
  const bodies: string[] = [];
  endpoint = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(`${request.url} ${body}`);
      if (answers) {
        response.writeHead(202).end();
      }
    });
  });
  await new Promise<void>((resolve) => endpoint!.listen(0, '127.0.0.1', resolve));
  stubEndpoint(protocol, (endpoint.address() as AddressInfo).port);
  return bodies;
}

function stubEndpoint(protocol: 'otlp' | 'zipkin', port: number): void {
  const origin = `http://127.0.0.1:${port}`;
  vi.stubEnv('OTEL_TRACES_EXPORTER', protocol);
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', origin);
  vi.stubEnv('OTEL_EXPORTER_ZIPKIN_ENDPOINT', `${origin}/api/v2/spans`);
}

describe('loadTracing', () => {
  it.each([undefined, 'none', ''])('traces nothing when the exporter is %s', async (exporter) => {
    vi.stubEnv('OTEL_TRACES_EXPORTER', exporter);
    expect(await loadTracing('app', silentLogger)).toBeUndefined();
  });

  it.each([
    [
      'OTEL_TRACES_EXPORTER',
      'console',
      'OTEL_TRACES_EXPORTER (console) must be otlp, zipkin or none',
    ],
    [
      'OTEL_TRACES_SAMPLER',
      'always_on',
      'OTEL_TRACES_SAMPLER (always_on) must be parentbased_traceidratio',
    ],
    ['OTEL_TRACES_SAMPLER_ARG', '2', 'OTEL_TRACES_SAMPLER_ARG (2) must be a ratio from 0 to 1'],
    ['OTEL_TRACES_SAMPLER_ARG', ' ', 'OTEL_TRACES_SAMPLER_ARG ( ) must be a ratio from 0 to 1'],
  ])('refuses %s=%s', async (name, value, problem) => {
    vi.stubEnv('OTEL_TRACES_EXPORTER', 'otlp');
    vi.stubEnv(name, value);
    await expect(loadTracing('app', silentLogger)).rejects.toThrow(problem);
  });

  it.each([
    ['otlp', '/v1/traces', '"service.name"'],
    ['zipkin', '/api/v2/spans', '"serviceName":"app"'],
  ] as const)('sends what is left by %s when it stops', async (protocol, path, service) => {
    const bodies = await collector(protocol);
    const tracing = (await loadTracing('app', silentLogger))!;
    tracing.start('one', { kind: SpanKind.SERVER }).end();
    tracing.start('two', { kind: SpanKind.SERVER }).end();
    expect(bodies).toEqual([]);
    await tracing.stop();
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toContain(`${path} `);
    expect(bodies[0]).toContain('"name":"one"');
    expect(bodies[0]).toContain('"name":"two"');
    expect(bodies[0]).toContain(service);
  });
});

describe('stopping', () => {
  it('sends all that waits, in requests of 512 spans', async () => {
    const bodies = await collector('zipkin');
    const tracing = (await loadTracing('app', silentLogger))!;
    for (let n = 0; n < 8_000; n++) {
      tracing.start('span', { kind: SpanKind.INTERNAL }).end();
    }
    await tracing.stop();
    const spans = bodies.flatMap((body) => JSON.parse(body.slice(body.indexOf(' '))) as unknown[]);
    expect(spans).toHaveLength(8_000);
  });
});

describe('sampling', () => {
  it('keeps a ratio of new traces, and what was decided of others', () => {
    const spans = new SeenSpans(0.25);
    const start = (parent?: { traceId: string; spanId: string; traceFlags: number }) =>
      spans.tracing.start('span', { kind: SpanKind.SERVER, parent }).end();
    for (let n = 0; n < 4_000; n++) {
      start();
    }
    // Sixteen standard deviations to each side.
    expect(Math.abs(spans.all().length - 1_000)).toBeLessThan(440);
    spans.reset();
    start({ traceId: 'f'.repeat(32), spanId: 'f'.repeat(16), traceFlags: 1 });
    start({ traceId: '1'.repeat(32), spanId: 'f'.repeat(16), traceFlags: 0 });
    expect(spans.all().map(({ traceId }) => traceId)).toEqual(['f'.repeat(32)]);
  });
});

describe('an endpoint', () => {
  it.each([
    ['otlp', 'is down'],
    ['zipkin', 'is down'],
    ['otlp', 'never answers'],
    ['zipkin', 'never answers'],
  ] as const)('of %s that %s delays and fails nothing', async (protocol, how) => {
    if (how === 'is down') {
      stubEndpoint(protocol, 1);
    } else {
      await collector(protocol, false);
    }
    const { log, messages } = lines();
    const tracing = (await loadTracing('ledger', log))!;
    const database = await createDatabase(inject('postgresPort'), [ledgerManifest]);
    const running = await new RunningConsumer(ledger, database.pool, { tracing }).start();
    try {
      // More spans than wait at most: those that are over are dropped.
      for (let n = 0; n < 10_000; n++) {
        tracing.start('span', { kind: SpanKind.INTERNAL }).end();
      }
      for (let n = 0; n < 20; n++) {
        const traceparent = traceparentOf(n + 1);
        const data = { account: 'a', amount: 1 };
        expect(await running.deliver(Paid, `e${n}`, data, { traceparent })).toEqual(ACKNOWLEDGED);
      }
      expect(await ledgerIds(database.pool)).toHaveLength(20);
      await expect(tracing.stop()).resolves.toBeUndefined();
      if (protocol === 'zipkin' && how === 'is down') {
        // OTLP's exporter tries again for a while before it says so.
        expect(messages).toEqual(['spans cannot be sent and are dropped']);
      }
    } finally {
      await running.stop();
      await database.drop();
    }
  });
});

describe('CarefulExporter', () => {
  const done = vi.fn();

  it('says once that spans cannot be sent, and once that they can again', () => {
    const { log, messages } = lines();
    let code = ExportResultCode.FAILED;
    const inner: SpanExporter = {
      export: (_spans, end) => end({ code }),
      shutdown: () => Promise.resolve(),
    };
    const exporter = new LimitedExporter(inner, log);
    exporter.export([], done);
    exporter.export([], done);
    code = ExportResultCode.SUCCESS;
    exporter.export([], done);
    exporter.export([], done);
    expect(messages).toEqual(['spans cannot be sent and are dropped', 'spans are sent again']);
    expect(done).toHaveBeenCalledTimes(4);
  });

  it('leaves an endpoint alone that does not answer', () => {
    const waiting: (() => void)[] = [];
    const inner: SpanExporter = {
      export: (_spans, end) => void waiting.push(() => end({ code: ExportResultCode.SUCCESS })),
      shutdown: () => Promise.resolve(),
    };
    const exporter = new LimitedExporter(inner, silentLogger);
    for (let n = 0; n < 40; n++) {
      exporter.export([], done);
    }
    expect(waiting).toHaveLength(20);
    waiting[0]!();
    exporter.export([], done);
    expect(waiting).toHaveLength(21);
  });
});

describe('wallClock', () => {
  it('is that of the system, also after that was set', () => {
    expect(Math.abs(wallClock() - Date.now())).toBeLessThan(1_000);
    const now = vi.spyOn(Date, 'now').mockReturnValue(1_000_000_000);
    expect(Math.abs(wallClock() - 1_000_000_000)).toBeLessThan(1_000);
    now.mockRestore();
    expect(Math.abs(wallClock() - Date.now())).toBeLessThan(1_000);
  });
});
