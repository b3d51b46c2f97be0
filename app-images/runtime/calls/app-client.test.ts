import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { classifyFailure } from '../errors/failure.ts';
import { inAppScope, type AppScope } from '../process/app-scope.ts';
import { inTrace } from '../telemetry/current-trace.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { AppClient, appClient } from './app-client.ts';
import { AppCallError, AppUnavailableError, CallDeniedError } from './call-errors.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
interface Answer {
  readonly status?: number;
  readonly body?: string;
  readonly type?: string;
  readonly headers?: Record<string, string>;
}

/** What a sidecar answers, over HTTP as daprd does; the answers of daprd itself are in the conformance tests. */
let sidecar: Server;
let seen: Seen[];
let answers: (seen: Seen) => Answer | undefined;

const problem = (status: number, detail: string): Answer => ({
  status,
  type: 'application/problem+json',
  body: JSON.stringify({ type: 'about:blank', status, detail }),
});
/** An error of daprd. */
const failed = (status: number, reason: string): Answer => ({
  status,
  body: JSON.stringify({
    errorCode: 'ERR_DIRECT_INVOKE',
    message: `failed to invoke, id: routes, err: ${reason}`,
  }),
});

beforeEach(async () => {
  seen = [];
  answers = () => ({ body: '{"ok":true}' });
  sidecar = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const call = { method, url, headers, body: Buffer.concat(chunks).toString() };
      seen.push(call);
      const answer = answers(call);
      if (answer !== undefined) {
        const { status = 200, body = '', type = 'application/json' } = answer;
        response.writeHead(status, { 'content-type': type, ...answer.headers }).end(body);
      }
    });
  });
  await new Promise<void>((resolve) => sidecar.listen(0, '127.0.0.1', resolve));
  process.env.DAPR_HTTP_PORT = String((sidecar.address() as AddressInfo).port);
  process.env.DAPR_API_TOKEN = 'secret';
});

afterEach(async () => {
  delete process.env.DAPR_HTTP_PORT;
  delete process.env.DAPR_API_TOKEN;
  sidecar.closeAllConnections();
  await new Promise((resolve) => sidecar.close(resolve));
});

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

async function failure(call: Promise<unknown>): Promise<Error> {
  return call.then(
    () => new Error('the call was answered'),
    (error: unknown) => error as Error,
  );
}

describe('an app client', () => {
  it('sends JSON, and returns what the app answers', async () => {
    answers = () => ({
      status: 201,
      body: '{"route_id":"r1"}',
      headers: { location: '/routes/r1', ETag: '"1"' },
    });
    const { status, body, headers } = await inTrace(TRACE, () =>
      appClient('routes').post<{ route_id: string }>('/routes', {
        body: { target: 'https://a.example' },
        query: { env: 'prod', tag: ['a', 'b c'], none: undefined, all: true },
        idempotencyKey: 'k1',
        headers: { 'If-Match': '"0"' },
      }),
    );
    expect({ status, body }).toEqual({ status: 201, body: { route_id: 'r1' } });
    expect(headers).toMatchObject({ location: '/routes/r1', etag: '"1"' });
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/v1.0/invoke/routes/method/routes?env=prod&tag=a&tag=b+c&all=true',
        body: '{"target":"https://a.example"}',
        headers: {
          'content-type': 'application/json',
          'dapr-api-token': 'secret',
          'idempotency-key': 'k1',
          'if-match': '"0"',
          traceparent: TRACE,
        },
      },
    ]);
  });

  it('encodes what is encoded once more, since the sidecar decodes it', async () => {
    await appClient('routes').get(`/routes/${encodeURIComponent('a/b?c#d 100% é')}/é`);
    expect(seen[0]!.url).toBe(
      '/v1.0/invoke/routes/method/routes/a%252Fb%253Fc%2523d%2520100%2525%2520%25C3%25A9/%C3%A9',
    );
  });

  it('returns redirects, text and empty answers as they are', async () => {
    const client = appClient('routes');
    answers = () => ({ status: 302, headers: { location: 'https://a.example' } });
    expect(await client.get('/r')).toMatchObject({
      ...{ status: 302, body: undefined, headers: { location: 'https://a.example' } },
    });
    answers = () => ({ type: 'text/plain', body: 'hello' });
    expect((await client.get('/r')).body).toBe('hello');
    answers = () => ({ status: 204 });
    expect((await client.delete('/r')).body).toBeUndefined();
  });

  it('tells what the app says of a call that it refuses', async () => {
    answers = () => problem(404, "there is no route 'r1'");
    const error = await failure(appClient('routes').get('/routes/r1'));
    expect(error).toBeInstanceOf(AppCallError);
    expect(error).toMatchObject({
      status: 404,
      problem: { detail: "there is no route 'r1'" },
      call: { appId: 'routes', method: 'GET', path: '/routes/r1' },
      message: "app 'routes' answered GET /routes/… with 404",
    });
    expect(seen).toHaveLength(1);
  });

  it("tells an app's own 403 from what its sidecar denies, and names the remedy", async () => {
    const client = appClient('routes');
    answers = () => problem(403, 'not yours');
    expect(await failure(client.get('/r'))).toMatchObject({ name: 'AppCallError', status: 403 });
    answers = () => failed(403, 'rpc error: code = PermissionDenied desc = access control …');
    const error = await failure(client.delete('/r'));
    expect(error).toBeInstanceOf(CallDeniedError);
    expect(error.message).toMatch(
      /^app 'routes' does not admit DELETE \/r of this app: grant it with grantInvoke/,
    );
    expect(seen).toHaveLength(2);
  });

  it.each([
    ["couldn't find service: routes", 'app'],
    ['rpc error: code = Unavailable desc = connection error', 'app'],
    ['rpc error: code = Internal desc = error invoking app channel: EOF', 'app'],
    ['context deadline exceeded', 'timeout'],
    ['circuit breaker is open', 'circuit-open'],
  ])('says why an app cannot be called: %s', async (reason, expected) => {
    answers = () => failed(500, reason);
    const error = await failure(appClient('routes').post('/r'));
    expect(error).toBeInstanceOf(AppUnavailableError);
    expect(error).toMatchObject({ reason: expected });
    expect(classifyFailure(error)).toBe('unavailable');
    expect(seen).toHaveLength(1);
  });

  it('says that there is no sidecar', async () => {
    sidecar.closeAllConnections();
    await new Promise((resolve) => sidecar.close(resolve));
    expect(await failure(appClient('routes').get('/r'))).toMatchObject({
      reason: 'sidecar',
      message:
        "GET /r of app 'routes' could not be made: the sidecar of this app cannot be reached",
    });
    sidecar.listen(0);
  });

  it('repeats a read that was not answered, and a write with a key', async () => {
    answers = () => (seen.length % 3 === 0 ? { body: '1' } : failed(500, 'EOF'));
    const client = appClient('routes');
    expect((await client.get('/r')).body).toBe(1);
    expect((await client.post('/r', { idempotencyKey: 'k' })).body).toBe(1);
    expect(seen.map(({ method }) => method)).toEqual([
      ...['GET', 'GET', 'GET'],
      ...['POST', 'POST', 'POST'],
    ]);
  });

  it.each(['post', 'put', 'patch', 'delete'] as const)(
    'makes a %s without a key once, whatever becomes of it',
    async (method) => {
      answers = () => problem(503, 'too many requests are in progress');
      expect(await failure(appClient('routes')[method]('/r'))).toMatchObject({
        reason: 'overloaded',
      });
      expect(seen).toHaveLength(1);
    },
  );

  it('gives a call up when its time is over', async () => {
    answers = () => undefined;
    expect(await failure(appClient('routes').get('/r', { timeout: 30 }))).toMatchObject({
      reason: 'timeout',
    });
  });

  it('gives a call up when its signal is aborted, and does not repeat it', async () => {
    const abort = new AbortController();
    answers = () => {
      abort.abort(new Error('no longer needed'));
      return undefined;
    };
    const error = await failure(appClient('routes').get('/r', { signal: abort.signal }));
    expect(error.message).toBe('no longer needed');
    expect(seen).toHaveLength(1);
  });

  it('leaves an app alone after five calls in a row without an answer', async () => {
    let made = 0;
    const calls: string[] = [];
    const scope: AppScope = {
      pause: 0,
      now: Date.now,
      metrics: new RuntimeMetrics(),
      send: ({ path }) => {
        calls.push(path);
        return Promise.resolve(
          made++ < 5
            ? {
                status: 500,
                body: failed(500, 'EOF').body!,
                headers: { 'content-type': 'application/json' },
              }
            : { status: 204, body: '' },
        );
      },
    };
    const paused = { ...scope, pause: 60_000 };
    const client = new AppClient('routes');
    await inAppScope(paused, async () => {
      for (let index = 0; index < 5; index++) {
        expect(await failure(client.post('/r'))).toMatchObject({ reason: 'app' });
      }
      expect(await failure(client.post('/r'))).toMatchObject({ reason: 'circuit-open' });
    });
    expect(calls).toHaveLength(5);
    // Of an app in a test, another one knows nothing.
    expect((await inAppScope(scope, () => client.post('/r'))).status).toBe(204);
  });

  it('does not take refused calls for failures', async () => {
    answers = () => problem(404, 'no route');
    const client = appClient('routes');
    for (let index = 0; index < 20; index++) {
      expect(await failure(client.get('/r'))).toBeInstanceOf(AppCallError);
    }
    expect(seen).toHaveLength(20);
  });

  it.each([
    ['routes', '', {}],
    ['routes', 'r', {}],
    ['routes', '/r?a=1', {}],
    ['routes', '/r#a', {}],
    ['routes', '/r/../events', {}],
    ['routes', '/r//x', {}],
    ['routes', '/r/', {}],
    ['routes', '/r', { headers: { 'Dapr-App-Id': 'other' } }],
    ['routes', '/r', { idempotencyKey: 'a b' }],
    ['routes', '/r', { timeout: 0 }],
    ['routes', '/r', { timeout: 300_001 }],
  ])('refuses what the sidecar would change (%#)', async (appId, path, options) => {
    expect((await failure(appClient(appId).get(path, options))).message).toMatch(/\[EP1001\]$/);
    expect(seen).toEqual([]);
  });

  it.each(['', 'Routes', 'routes.other', 'http://a.example', 'a/b'])(
    "refuses '%s', which is no app id",
    (appId) => {
      expect(() => appClient(appId)).toThrow(/is not a DNS label.*\[EP1002\]$/);
    },
  );
});
