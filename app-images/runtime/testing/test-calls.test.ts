import { expect, it } from 'vitest';
import { appClient } from '../calls/app-client.ts';
import { AppCallError, AppUnavailableError } from '../calls/call-errors.ts';
import { inAppScope } from '../process/app-scope.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { type CallUnderTest, TestCalls } from './test-calls.ts';

const client = appClient('routes');

/** Calls with an app that answers by a function. */
function inScope<Result>(calls: TestCalls, run: () => Promise<Result>): Promise<Result> {
  const send = async (request: Parameters<TestCalls['answer']>[0]) =>
    (await calls.answer(request))!;
  return inAppScope({ pause: 0, now: Date.now, metrics: new RuntimeMetrics(), send }, run);
}

it('gives an app what it is called with, and its caller what it answers', async () => {
  const calls = new TestCalls();
  const seen: CallUnderTest[] = [];
  calls.set('routes', (call) => {
    seen.push(call);
    return { status: 201, body: { id: 'r1' }, headers: { location: '/routes/r1' } };
  });
  const answered = await inScope(calls, () =>
    client.post(`/routes/${encodeURIComponent('a/b')}`, {
      ...{ body: { target: 't' }, query: { env: 'prod' }, idempotencyKey: 'k' },
    }),
  );
  expect(answered).toMatchObject({
    ...{ status: 201, body: { id: 'r1' }, headers: { location: '/routes/r1' } },
  });
  expect(seen).toMatchObject([
    {
      ...{ method: 'POST', path: '/routes/a%2Fb', query: { env: 'prod' }, body: { target: 't' } },
      headers: { 'idempotency-key': 'k' },
    },
  ]);
});

it('gives errors of the app, and says that one of which nothing is said cannot be reached', async () => {
  const calls = new TestCalls();
  await expect(inScope(calls, () => client.get('/r'))).rejects.toThrow(AppUnavailableError);
  calls.set('routes', () => ({ status: 404, body: { detail: 'no route' } }));
  const error = inScope(calls, () => client.get('/r'));
  await expect(error).rejects.toThrow(AppCallError);
  await expect(error).rejects.toMatchObject({ status: 404, problem: { detail: 'no route' } });
});

it('leaves other requests to the sidecar alone', async () => {
  const request = { method: 'GET', path: '/v1.0/state/tasks/t1', headers: {}, body: '' };
  expect(await new TestCalls().answer(request)).toBeUndefined();
});
