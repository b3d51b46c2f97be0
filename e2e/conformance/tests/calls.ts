import assert from 'node:assert/strict';
import { DAPR_TOKEN_HEADER } from '@cdk8s-event-platform/contracts/interface';
import { until } from '../../../testkit/until.ts';
import type { Context, SidecarAnswer } from '../context.ts';
import { DIFFERENT } from '../differences.ts';
import { PRODUCER } from '../platform.ts';
import type { ConformanceTest } from '../suite.ts';

const ADMITS = {
  admits: [
    { methods: ['GET', 'POST'], path: '/api/**' },
    { methods: ['GET'], path: '/routes/*' },
    { methods: ['POST'], path: '/routes/archive/all/*' },
  ],
} as const;
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** Starts the app's sidecar, and waits until that of the producer finds it and its app healthy. */
async function started(t: Context): Promise<void> {
  await t.start();
  let last: SidecarAnswer | undefined;
  await until(
    () => `the app is not found: ${last?.text ?? ''}`,
    20,
    async () => (last = await t.call('GET', '/api/found')).status === 200,
    50,
  );
  t.app.calls.length = 0;
}

/** What daprd says of a call that it has not passed on. */
function saidOf({ errorCode, text }: SidecarAnswer): string {
  assert.equal(errorCode, 'ERR_DIRECT_INVOKE', text);
  return (JSON.parse(text) as { readonly message: string }).message;
}

/** Calls of other apps: what is passed on, and who may. */
export const CALLS: readonly ConformanceTest[] = [
  {
    name: 'calls: passes on method, query, headers and the bytes of a body, and names the caller',
    app: ADMITS,
    run: async (t) => {
      await started(t);
      const body = Buffer.from([0, 255, 128, 10, 13]);
      t.app.answerCall = () => ({
        ...{ status: 201, body, headers: { 'content-type': 'application/x-own', etag: '"7"' } },
      });
      const answer = await t.call('POST', '/api/things?a=1&b=%20x&a=%C3%A9', {
        body,
        contentType: 'application/octet-stream',
        headers: { 'idempotency-key': 'k1', 'if-match': '"6"', traceparent: TRACE },
      });
      assert.equal(answer.status, 201);
      assert.deepEqual([...answer.bytes], [...body]);
      assert.equal(answer.headers.get('content-type'), 'application/x-own');
      assert.equal(answer.etag, '"7"');
      const [call] = t.app.calls;
      assert.equal(call!.method, 'POST');
      assert.equal(call!.url, '/api/things?a=1&b=%20x&a=%C3%A9');
      assert.deepEqual([...call!.body], [...body]);
      const { headers } = call!;
      assert.equal(headers['content-type'], 'application/octet-stream');
      assert.equal(headers['content-length'], '5');
      assert.equal(headers['idempotency-key'], 'k1');
      assert.equal(headers['if-match'], '"6"');
      assert.equal(headers['dapr-caller-app-id'], PRODUCER);
      assert.equal(headers['dapr-callee-app-id'], t.appId);
      assert.equal(typeof headers['dapr-caller-namespace'], 'string');
      // That of the app, and not that of the caller's sidecar.
      assert.equal(headers[DAPR_TOKEN_HEADER], t.token());
      assert.match(String(headers.traceparent), /^00-0af7651916cd43dd8448eb211c80319c-/);
    },
  },
  {
    name: 'calls: returns what the app answers, whatever the status, once',
    app: ADMITS,
    run: async (t) => {
      await started(t);
      for (const status of [200, 204, 302, 304, 400, 403, 404, 409, 422, 500, 502, 503, 504]) {
        const text = JSON.stringify({ status, detail: 'so it is' });
        const type = 'application/problem+json';
        const empty = status === 204 || status === 304;
        t.app.answerCall = () => ({
          ...{ status, headers: { 'content-type': type, location: 'https://a.example/b' } },
          ...(!empty && { body: text }),
        });
        for (const method of ['GET', 'POST']) {
          const answer = await t.call(method, '/api/things');
          assert.equal(answer.status, status);
          assert.equal(answer.text, empty ? '' : text);
          assert.equal(answer.headers.get('location'), 'https://a.example/b');
        }
      }
      assert.equal(t.app.calls.length, 26);
    },
  },
  {
    name: 'calls: decodes a path once, cleans it, and passes on what is still encoded',
    app: ADMITS,
    run: async (t) => {
      await started(t);
      for (const [path, url] of [
        ['/api/a%2Fb', '/api/a/b'],
        ['/api/a%252Fb', '/api/a%2Fb'],
        ['/api/a%253Fb%2523%2525%2520%25C3%25A9', '/api/a%3Fb%23%25%20%C3%A9'],
        ['/api/a%20b%C3%A9:@+', '/api/a%20b%C3%A9:@+'],
        ['/api//a/./b/../c/', '/api/a/c'],
        ['/api/', '/api'],
      ] as const) {
        const { status, text } = await t.call('GET', path);
        assert.equal(status, 200, `${path}: ${text}`);
        assert.equal(t.app.calls.at(-1)!.url, url);
      }
      const count = t.app.calls.length;
      for (const path of ['/api/a%3Fb', '/api/a%23b']) {
        const answer = await t.call('GET', path);
        assert.equal(answer.status, 500, path);
        assert.match(saidOf(answer), /invalid method: method contains forbidden character/);
      }
      assert.equal(t.app.calls.length, count);
    },
  },
  {
    name: DIFFERENT.brokenPath,
    app: ADMITS,
    run: async (t) => {
      await started(t);
      for (const path of ['/api/100%25', '/api/a%0Ab']) {
        const answer = t.call('GET', path);
        if (t.subject === 'daprd') {
          await assert.rejects(answer, /fetch failed/);
        } else {
          assert.equal((await answer).status, 500, path);
          assert.match(saidOf(await answer), /invalid method|invalid URL escape/);
        }
      }
      assert.equal(t.app.calls.length, 0);
      const state = { method: 'GET', path: '/v1.0/state/values/100%25' };
      const key = t.request('producer', state);
      await (t.subject === 'daprd' ? assert.rejects(key, /fetch failed/) : key);
    },
  },
  {
    name: 'calls: admits what is granted to the caller, and answers 403 to everything else',
    app: ADMITS,
    run: async (t) => {
      await started(t);
      for (const [method, path] of [
        ['GET', '/api'],
        ['POST', '/api/a/b/c'],
        ['GET', '/routes'],
        ['GET', '/routes/r1'],
        ['GET', '/Routes/r1'],
        ['GET', '/routes/archive'],
        ['POST', '/routes/archive/all'],
        ['POST', '/routes/archive/all/r1'],
      ] as const) {
        const { status, text } = await t.call(method, path);
        assert.equal(status, 200, `${method} ${path}: ${text}`);
      }
      const count = t.app.calls.length;
      for (const [method, path] of [
        ['PUT', '/api/a'],
        ['HEAD', '/api/a'],
        ['DELETE', '/routes/r1'],
        ['POST', '/routes/r1'],
        ['GET', '/routes/r1/more'],
        ['GET', '/routes/archive/all'],
        ['GET', '/routesx'],
        ['GET', '/'],
        ['POST', `/events/com.example.${t.appId}`],
        ['POST', '/api/..%2fevents/x'],
        ['GET', '/healthz'],
      ] as const) {
        const answer = await t.call(method, path);
        assert.equal(answer.status, 403, `${method} ${path}: ${answer.text}`);
        if (method !== 'HEAD') {
          assert.match(
            saidOf(answer),
            /code = PermissionDenied desc = access control policy has denied access to id: spiffe:\/\/public\/ns\/\S+\/conformance-producer operation: /,
          );
        }
      }
      assert.equal(t.app.calls.length, count);
    },
  },
  {
    name: 'calls: answers 403 for an app that admits nobody',
    app: { admits: [{ methods: ['GET'], path: '/api/**' }] },
    run: async (t) => {
      await started(t);
      // Nobody is let call the producer.
      const path = `/v1.0/invoke/${PRODUCER}/method/api/things`;
      const answer = await t.request('app', { method: 'GET', path });
      assert.equal(answer.status, 403, answer.text);
      assert.match(saidOf(answer), /PermissionDenied/);
    },
  },
  {
    name: 'calls: says that an app does not answer, and does not repeat the call',
    app: ADMITS,
    run: async (t) => {
      await started(t);
      t.app.answerCall = () => 'cut';
      for (const method of ['GET', 'POST']) {
        const cut = await t.call(method, '/api/a', method === 'GET' ? {} : { body: '1' });
        assert.equal(cut.status, 500);
        assert.match(saidOf(cut), /error invoking app channel/);
      }
      t.app.answerCall = () => 'never';
      const late = await t.call('GET', '/api/a');
      assert.equal(late.status, 500);
      assert.match(saidOf(late), /context deadline exceeded/);
      // A read may be repeated by another connection.
      assert.equal(t.app.calls.filter(({ method }) => method === 'POST').length, 1);
    },
  },
  {
    name: 'calls: says that an app is down, not healthy or not there',
    app: ADMITS,
    run: async (t) => {
      await started(t);
      t.app.healthy = false;
      let answer = await t.call('GET', '/api/a');
      await until(
        () => `answered ${answer.status}: ${answer.text}`,
        20,
        async () => (answer = await t.call('GET', '/api/a')).status === 500,
        50,
      );
      assert.match(saidOf(answer), /app is not in a healthy state/);
      await t.app.stop();
      const down = await t.call('GET', '/api/a');
      assert.equal(down.status, 500);
      assert.match(saidOf(down), /error invoking app channel/);
      const nobody = await t.request('producer', {
        method: 'GET',
        path: '/v1.0/invoke/nobody/method/api/a',
      });
      assert.equal(nobody.status, 500);
      assert.match(saidOf(nobody), /couldn't find service: nobody/);
    },
  },
  {
    name: 'calls: refuses a body that is larger than the sidecar takes, and a path without an app',
    app: ADMITS,
    run: async (t) => {
      await started(t);
      const large = await t.call('POST', '/api/a', { body: Buffer.alloc(5 * 1024 * 1024) });
      assert.equal(large.status, 500);
      assert.match(saidOf(large), /stream too large/);
      const path = `/v1.0/invoke/${t.appId}`;
      const none = await t.request('producer', { method: 'GET', path });
      assert.equal(none.status, 404);
      assert.match(saidOf(none), /failed getting app id/);
      assert.equal(t.app.calls.length, 0);
    },
  },
];
