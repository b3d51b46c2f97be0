import { expect, it } from 'vitest';
import { appScope, inAppScope } from '../process/app-scope.ts';
import { appClient } from './app-client.ts';
import { AppCallError } from './call-errors.ts';

interface Answer {
  readonly status?: number;
  readonly body: string;
  readonly type?: string;
}

const problem = (status: number, detail: string): Answer => ({
  ...{ status, type: 'application/problem+json', body: JSON.stringify({ detail }) },
});
/** An error of daprd. */
const failed = (status: number, reason: string): Answer => ({
  status,
  body: JSON.stringify({
    errorCode: 'ERR_DIRECT_INVOKE',
    message: `failed to invoke, id: users, err: ${reason}`,
  }),
});

/** How a call fails that a sidecar answers so. */
function failure(
  { status = 200, body, type = 'application/json' }: Answer,
  call: () => Promise<unknown>,
): Promise<Error> {
  const send = () => Promise.resolve({ status, body, headers: { 'content-type': type } });
  return inAppScope({ ...appScope(), send }, () =>
    call().then(
      () => new Error('the call was answered'),
      (error: unknown) => error as Error,
    ),
  );
}

it('has no personal data of paths, answers and bodies in its messages', async () => {
  const client = appClient('users');
  const secret = /alice|secret/i;
  const told: string[] = [];
  for (const [answer, path] of [
    [problem(404, 'alice is not known'), '/users/alice'],
    [problem(503, 'alice waits'), '/alice%40a.example'],
    [{ body: '{"secret":alice}' }, '/users/alice'],
    [failed(403, 'PermissionDenied'), '/users/alice'],
    [failed(500, 'error: Post "http://127.0.0.1:80/users/alice": EOF'), '/users/alice'],
    [failed(500, 'invalid URL escape "%al" in http://alice'), '/users/alice'],
    [failed(500, 'context deadline exceeded'), '/users/alice'],
    [failed(500, 'circuit breaker is open'), '/users/alice'],
    [{ body: '1' }, '/users/alice?x'],
  ] as const) {
    const error = await failure(answer, () => client.post(path));
    expect(`${error.message} ${error.stack}`).not.toMatch(secret);
    told.push(error.message);
  }
  const key = { idempotencyKey: 'alice secret' };
  told.push((await failure({ body: '1' }, () => client.post('/r', key))).message);
  expect(told.join('\n')).not.toMatch(secret);
  expect(told.slice(0, 2)).toEqual([
    "app 'users' answered POST /users/… with 404",
    "app 'users' answered POST /… with 503",
  ]);
});

it('takes an answer that is not the JSON that it says for an error', async () => {
  const error = await failure({ body: '{"secret":' }, () => appClient('routes').get('/r'));
  expect(error).toBeInstanceOf(AppCallError);
  expect(error).toMatchObject({
    status: 200,
    message: "app 'routes' answered GET /r with 200 and a body that is not JSON",
  });
  expect(error.cause).toBeUndefined();
});
