import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { ProbeRoute, RouteProbed } from '../events/index.ts';
import { SAMPLE } from '../testing/sample-routes.ts';
import { manifest } from './manifest.ts';
import { parts } from './parts.ts';
import { probe } from './probe.ts';

const requested: string[] = [];
const answers: Readonly<Record<string, RequestListener>> = {
  '/ok': (_request, response) => response.writeHead(204).end(),
  '/broken': (_request, response) => response.writeHead(500).end('internals'),
  '/moved': (_request, response) => response.writeHead(302, { location: '/ok' }).end(),
  // Never ends: nobody may wait for it.
  '/endless': (_request, response) => response.writeHead(200).write('x'.repeat(100_000)),
  '/silent': () => undefined,
  '/cut': (request) => request.socket.destroy(),
  '/odd': (request) => request.socket.end('HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n'),
};
let server: Server;
const urlOf = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
beforeAll(async () => {
  server = createServer((request, response) => {
    requested.push(request.url!);
    answers[request.url!]!(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('a probe', () => {
  it.each([
    ['/ok', { healthy: true, status: 204 }],
    ['/broken', { healthy: false, status: 500, reason: 'answers 500' }],
    ['/moved', { healthy: true, status: 302 }],
    ['/endless', { healthy: true, status: 200 }],
    ['/silent', { healthy: false, reason: 'no answer within 2 s' }],
    ['/cut', { healthy: false, reason: expect.stringMatching(/^no connection: /) as string }],
    ['/odd', { healthy: false, reason: expect.any(String) as string }],
  ])('of %s finds %j', async (path, found) => {
    requested.length = 0;
    expect(await probe(urlOf(path))).toEqual({
      ...found,
      latency_ms: expect.any(Number) as number,
    });
    // Where something leads is not asked.
    expect(requested).toEqual([path]);
  });

  it.each([
    ['http://127.0.0.1:9/', /^no connection: TypeError$/],
    ['http://user:secret@127.0.0.1:9/', /^no connection: TypeError$/],
    ['file:///etc/passwd', /only http and https/],
    ['http://', /only http and https/],
  ])('of %s finds nothing, and does not fail', async (url, reason) => {
    const found = await probe(url);
    expect(found).toMatchObject({ healthy: false });
    expect(found.reason).toMatch(reason);
    expect(found.reason).not.toContain('secret');
  });
});

it('finds that nothing listens', async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const { healthy, reason } = await probe(`http://127.0.0.1:${port}/`);
  expect([healthy, reason]).toEqual([false, 'no connection: ECONNREFUSED']);
});

describe('the prober', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase([manifest], { url: inject('postgresUrl') });
  });
  afterAll(() => database.drop());

  it('answers who has asked, and publishes what it has found, once for each command', async () => {
    const app = new TestApp({ manifest, ...parts }, database);
    const command = { ...SAMPLE, url: urlOf('/broken') };
    await app.deliver(ProbeRoute, command, { id: 'job-1' });
    for (let repeat = 0; repeat < 2; repeat++) {
      await app.deliver(ProbeRoute.priorities.urgent, command, {
        ...{ id: 'urgent-1', replyto: 'traffic-api' },
      });
    }
    const found = { healthy: false, status: 500 };
    expect(await app.published(ProbeRoute.reply)).toMatchObject([
      { data: { request_id: 'urgent-1', reply_to: 'traffic-api', reply: found } },
    ]);
    const probed = await app.published(RouteProbed);
    expect(probed.map(({ data }) => data)).toMatchObject([
      { ...SAMPLE, ...found },
      { ...SAMPLE, ...found },
    ]);
    expect(probed[0]!.data).not.toHaveProperty('reason');
  });
});
