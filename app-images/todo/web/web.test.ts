import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appOf } from './gateway.ts';
import { webServer } from './server.ts';

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const listen = (server: Server) =>
  new Promise<Server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));

/** Paths of the requests that came to the app. */
const paths: string[] = [];
let app: Server;
let web: Server;
beforeAll(async () => {
  app = await listen(
    createServer((request, response) => {
      paths.push(request.url ?? '');
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { method, url, headers } = request;
        response.writeHead(201, { etag: '"7"', 'content-type': 'application/json' });
        response.end(JSON.stringify({ method, url, body, ifMatch: headers['if-match'] }));
      });
    }),
  );
  web = await listen(
    webServer((appId) => (appId === 'todo-search' ? 'http://127.0.0.1:9' : urlOf(app))),
  );
});
afterAll(() => {
  app.close();
  web.close();
});

it.each([
  ['/api', 'todo-api'],
  ['/api/tasks/7', 'todo-api'],
  ['/api/search', 'todo-search'],
  ['/api/searches', 'todo-api'],
  ['/api/points/ada', 'todo-gamification'],
  ['/', undefined],
  ['/apix', undefined],
])('passes %s on to %s', (path, appId) => {
  expect(appOf(path)).toBe(appId);
});

it('passes method, query, headers and body on, and the answer back', async () => {
  const answer = await fetch(`${urlOf(web)}/api/tasks?x=%2F`, {
    ...{ method: 'PATCH', body: '{"title":"a"}', headers: { 'if-match': '"6"' } },
  });
  expect([answer.status, answer.headers.get('etag')]).toEqual([201, '"7"']);
  expect(await answer.json()).toEqual({
    ...{ method: 'PATCH', url: '/api/tasks?x=%2F', body: '{"title":"a"}', ifMatch: '"6"' },
  });
});

/** Sends bytes as they are, and returns what comes back. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect((web.address() as AddressInfo).port, '127.0.0.1', () =>
      socket.write(text),
    );
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

it('passes the body of a request on as its body, never as another request', async () => {
  const hidden = 'POST /events/x HTTP/1.1\r\nhost: app\r\ncontent-length: 0\r\n\r\n';
  for (const method of ['DELETE', 'GET', 'POST']) {
    paths.length = 0;
    const size = hidden.length.toString(16);
    const answer = await raw(
      `${method} /api/tasks/1 HTTP/1.1\r\nhost: web\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n${size}\r\n${hidden}\r\n0\r\n\r\n`,
    );
    expect(answer).toContain('HTTP/1.1 201');
    expect(paths).toEqual(['/api/tasks/1']);
  }
});

it('refuses an invalid path, and goes on', async () => {
  expect(await raw('GET //[ HTTP/1.1\r\nhost: web\r\nconnection: close\r\n\r\n')).toContain(
    'HTTP/1.1 400',
  );
  expect((await fetch(`${urlOf(web)}/healthz`)).status).toBe(200);
});

it('answers for an app that does not', async () => {
  const answer = await fetch(`${urlOf(web)}/api/search?q=a`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    ...[502, 'application/problem+json'],
  ]);
});

it('serves one page, which runs its own script alone', async () => {
  const answer = await fetch(`${urlOf(web)}/`);
  expect(answer.headers.get('content-security-policy')).toMatch(
    /default-src 'none'; script-src 'sha256-[^']+'/,
  );
  expect(await answer.text()).toContain('<title>Todo</title>');
  expect((await fetch(`${urlOf(web)}/other`)).status).toBe(404);
  expect((await fetch(`${urlOf(web)}/`, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${urlOf(web)}/healthz`)).status).toBe(200);
});
