import assert from 'node:assert/strict';
import type { Context } from '../context.ts';
import { namesOf, PRODUCER } from '../platform.ts';
import type { ConformanceTest } from '../suite.ts';
import {
  answered,
  notSaved,
  send,
  STATE,
  type StateAnswer,
  type StateRequest,
  write,
} from './state-requests.ts';

/** What is answered to a key with `||`. */
function illegalKey(t: Context, key: string): StateAnswer {
  const message = `api error: code = InvalidArgument desc = input key/keyPrefix '${key}' can't contain '||'`;
  const type = (name: string) => ({ '@type': `type.googleapis.com/google.rpc.${name}` });
  const details = [
    { ...type('BadRequest'), field_violations: [{ field: key, description: message }] },
    {
      ...{ ...type('ResourceInfo'), description: '', owner: '' },
      ...{ resource_name: t.names.store, resource_type: 'state' },
    },
    { ...type('ErrorInfo'), domain: 'dapr.io', metadata: null, reason: 'DAPR_STATE_ILLEGAL_KEY' },
  ];
  return [400, { errorCode: 'ERR_MALFORMED_REQUEST', message, details }];
}

/** What of state is refused, and to whom. */
export const STATE_REFUSALS: readonly ConformanceTest[] = [
  {
    name: 'refuses state that is not well-formed, and writes nothing of it',
    app: STATE,
    run: async (t) => {
      await t.start();
      const noKey = { errorCode: 'ERR_MALFORMED_REQUEST', message: '"key" is a required field' };
      await answered(t, [
        [write({ key: 'a', value: 1 }, { value: 1 }), [400, noKey]],
        [write({ key: 'x||y', value: 1 }), illegalKey(t, 'x||y')],
        [['GET', '/x%7C%7Cy'], illegalKey(t, 'x||y')],
        [
          write({ key: 'a', value: 1, options: { concurrency: 'bad' } }),
          notSaved(t, 500, "unrecognized concurrency model 'bad'"),
        ],
        [
          write({ key: 'a', value: 1, metadata: { ttlInSeconds: 'x' } }),
          notSaved(
            t,
            500,
            'failed to parse ttl from metadata: strconv.ParseInt: parsing "x": invalid syntax',
          ),
        ],
        [['GET', '/a'], [204]],
      ]);
      for (const path of ['', '/bulk']) {
        for (const body of ['', '{', '{"keys":', 'nothing']) {
          const { status, errorCode } = await t.request('app', {
            path: `/v1.0/state/${t.names.store}${path}`,
            ...{ body, contentType: 'application/json' },
          });
          assert.deepEqual([status, errorCode], [400, 'ERR_MALFORMED_REQUEST'], path + body);
        }
      }
    },
  },
  {
    name: 'an app has the state stores of its scope, and needs its token',
    app: STATE,
    run: async (t) => {
      await t.start();
      const get = (store: string, token?: null) =>
        t.request('app', {
          ...{ method: 'GET', path: `/v1.0/state/${store}/a` },
          ...(token === null && { token }),
        });
      for (const store of ['not-declared', namesOf(PRODUCER).store, 'pubsub']) {
        const { status, text } = await get(store);
        const { details, ...error } = JSON.parse(text) as { details: object[] };
        assert.deepEqual(
          [status, error],
          [
            400,
            {
              errorCode: 'ERR_STATE_STORE_NOT_FOUND',
              message: `state store ${store} is not found`,
            },
          ],
        );
        assert.deepEqual(details, [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            ...{ domain: 'dapr.io', metadata: { appID: t.appId }, reason: 'DAPR_STATE_NOT_FOUND' },
          },
        ]);
      }
      assert.equal((await get(t.names.store, null)).status, 401);
      assert.equal((await get(t.names.store)).status, 204);
    },
  },
  {
    name: 'an app without state stores has none',
    run: async (t) => {
      await t.start();
      for (const request of [['GET', '/a'], write({ key: 'a', value: 1 })] as StateRequest[]) {
        const { status, errorCode } = await send(t, request);
        assert.deepEqual([status, errorCode], [500, 'ERR_STATE_STORE_NOT_CONFIGURED']);
      }
    },
  },
];
