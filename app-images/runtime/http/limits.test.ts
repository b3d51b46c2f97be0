import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { manifest } from '../../tasks/producer/manifest.ts';
import { routes } from '../../tasks/producer/routes.ts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { serviceApi } from '../testing/service-api.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { consumerServer } from './server.ts';
import { InFlightTracker } from './in-flight-tracker.ts';

let database: TestDatabase;
let app: ReturnType<typeof serviceApi>;
let server: ReturnType<typeof consumerServer>;
let port = 0;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [manifest]);
  app = serviceApi(manifest, routes, database.pool);
  await app.ready();
  server = consumerServer({
    requests: (...exchange) => app.routing(...exchange),
    metrics: new RuntimeMetrics(),
    readiness: () => Promise.resolve('database: connect ECONNREFUSED 10.0.0.7, user postgres'),
    inFlight: new InFlightTracker(),
    log: silentLogger,
    requestTimeout: 3_000,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await app.close();
  await database.drop();
});

/** What a server has said on a connection, and whether it has closed it. */
interface Client {
  readonly socket: Socket;
  text: string;
  closed: boolean;
}

function open(...parts: readonly (string | Buffer)[]): Client {
  const socket = connect(port, '127.0.0.1', () => parts.forEach((part) => socket.write(part)));
  const client: Client = { socket, text: '', closed: false };
  socket.on('data', (chunk: Buffer) => (client.text += chunk.toString()));
  socket.on('error', () => undefined);
  socket.on('close', () => (client.closed = true));
  return client;
}

function head(length: number | undefined): string {
  const size = length === undefined ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
  return `POST /tasks HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${size}\r\n\r\n`;
}

async function post(
  body: string | Uint8Array<ArrayBuffer>,
): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}/tasks`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  return { status: response.status, text: await response.text() };
}

const TASK = '{"user_id":"u","title":"t"}';

describe('the port of an app with routes', () => {
  it('takes bodies that do not end only as far as it has memory for, and goes on when they go', async () => {
    const almost = Buffer.alloc(255 * 1024, ' ');
    const before = process.memoryUsage().rss;
    const clients = Array.from({ length: 600 }, () => open(head(256 * 1024), almost));
    await expect
      .poll(() => clients.filter(({ text }) => text.startsWith('HTTP/1.1 503')).length, {
        timeout: 20_000,
      })
      .toBeGreaterThan(300);
    // 64 MiB, once in the sockets of this process, too.
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
    clients.forEach(({ socket }) => socket.destroy());
    await expect.poll(async () => (await post(TASK)).status, { timeout: 20_000 }).toBe(202);
  });

  it('reads no body of another content type', async () => {
    const client = open(head(256 * 1024).replace('application/json', 'text/plain'), 'x');
    await expect.poll(() => client.text, { timeout: 10_000 }).toMatch(/^HTTP\/1.1 415/);
    client.socket.destroy();
  });

  it('has a bound for connections', async () => {
    const clients = Array.from({ length: 1_100 }, () => open());
    await expect
      .poll(() => clients.filter(({ closed }) => closed).length, { timeout: 20_000 })
      .toBeGreaterThanOrEqual(76);
    clients.forEach(({ socket }) => socket.destroy());
    await expect.poll(async () => (await post(TASK).catch(() => ({ status: 0 }))).status).toBe(202);
  });

  it('closes connections whose headers or body do not come', async () => {
    const clients = [
      open('POST /tasks HTTP/1.1\r\nHost: a\r\n'),
      open(head(100), '{"user_id":"u"'),
      open(head(undefined), '1\r\n{\r\n'),
    ];
    await expect
      .poll(() => clients.map(({ closed }) => closed), { timeout: 10_000 })
      .toEqual([true, true, true]);
  });

  it.each<readonly [number, string, string | Uint8Array<ArrayBuffer>]>([
    [
      400,
      'bytes that are not UTF-8',
      Buffer.from('7b22757365725f6964223a22ff222c227469746c65223a2274227d', 'hex'),
    ],
    [400, 'an empty body', ''],
    [400, 'half a JSON', '{"user_id":'],
    [
      413,
      'a body that is too large',
      `{"user_id":"u","title":"t","description":"${'x'.repeat(256 * 1024)}"}`,
    ],
  ])('answers %d to %s, and goes on', async (status, _what, body) => {
    expect((await post(body)).status).toBe(status);
    expect((await post(TASK)).status).toBe(202);
  });

  it('takes a body of exactly as many bytes as it may have', async () => {
    const fill = (bytes: number) => TASK + ' '.repeat(bytes - TASK.length);
    expect((await post(fill(256 * 1024))).status).toBe(202);
    expect((await post(fill(256 * 1024 + 1))).status).toBe(413);
  });

  it('shows a status and nothing else', async () => {
    for (const [path, status, body] of [
      ['/readyz', 503, 'not ready'],
      ['/healthz', 200, 'ok'],
    ] as const) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      expect([response.status, await response.text()]).toEqual([status, body]);
    }
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(404);
  });
});
