import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricsServer } from './metrics-server.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';

const metrics = new RuntimeMetrics();
const server = metricsServer(metrics);
let origin = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('the metrics server', () => {
  it('serves the metrics as Prometheus reads them', async () => {
    metrics.published('com.example.thing.done', 3);
    const response = await fetch(`${origin}/metrics?of=everything`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      metrics.contentType,
    ]);
    expect(await response.text()).toContain(
      'events_published_total{type="com.example.thing.done"} 3\n',
    );
  });

  it.each([
    ['GET', '/'],
    ['GET', '/metrics/'],
    ['GET', '/healthz'],
    ['GET', '/readyz'],
    ['POST', '/metrics'],
    ['POST', '/events/com.example.thing.done'],
    ['DELETE', '/metrics'],
  ])('answers 404 to %s %s, and shows nothing', async (method, path) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      ...(method === 'POST' && { body: 'x'.repeat(100_000) }),
    });
    expect([response.status, await response.text()]).toEqual([404, 'not found']);
  });

  it('has bounds for connections, headers and requests', () => {
    expect(server.maxConnections).toBeLessThanOrEqual(64);
    expect(server.headersTimeout).toBeLessThanOrEqual(10_000);
    expect(server.requestTimeout).toBe(10_000);
    expect(server.timeout).toBe(30_000);
  });

  it('hangs up on clients that do not finish their headers', async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /metrics HTTP/1.1\r\nx-slow: ');
    const answer: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => answer.push(chunk));
    await once(socket, 'close');
    expect(Buffer.concat(answer).toString()).toMatch(/^HTTP\/1\.1 408 /);
  }, 15_000);
});
