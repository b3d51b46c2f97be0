import assert from 'node:assert/strict';
import { until } from '../../../testkit/until.ts';
import type { Context, SidecarAnswer } from '../context.ts';
import { namesOf, PRODUCER } from '../platform.ts';
import type { ConformanceTest } from '../suite.ts';

/** A request about state: its method, what follows the name of the store, and a body. */
type StateRequest = readonly [method: string, path: string, body?: unknown, ifMatch?: string];

/** What is answered: a status, JSON if there is any, and an ETag if there is one. */
type StateAnswer = readonly [status: number, body?: unknown, etag?: string];

/** Requests one after the other, each with its answer. */
type Steps = readonly (readonly [request: StateRequest, answer: StateAnswer])[];

const STATE = { state: true } as const;
const FIRST_WRITE = { concurrency: 'first-write' };

/** Writes entries in one request. */
const write = (...entries: object[]): StateRequest => ['POST', '', entries];

function send(t: Context, [method, path, body, ifMatch]: StateRequest): Promise<SidecarAnswer> {
  return t.request('app', {
    ...{ method, path: `/v1.0/state/${t.names.store}${path}` },
    ...(body !== undefined && { body: JSON.stringify(body), contentType: 'application/json' }),
    ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }),
  });
}

/** Sends requests one after the other, and compares all answers. */
async function answered(t: Context, steps: Steps): Promise<void> {
  for (const [request, [status, body, etag]] of steps) {
    const found = await send(t, request);
    const json: unknown = found.text.trim() === '' ? undefined : JSON.parse(found.text);
    assert.deepEqual([found.status, json, found.etag], [status, body, etag], request.join(' '));
  }
}

/** What is answered to an entry that is not written. */
function notSaved(t: Context, status: number, reason: string): StateAnswer {
  const message = `failed saving state in state store ${t.names.store}: ${reason}`;
  return [status, { errorCode: 'ERR_STATE_SAVE', message }];
}

const MISMATCH = 'possible etag mismatch. error from state store: ';

/** What the server says of a value with another version. */
function otherVersion(t: Context, key: string): string {
  return `ERR user_script:14: failed to set key ${t.names.store}||${key} script: d908b9553add63a82e03589b5c6d01a7654ef0f2, on @user_script:14.`;
}

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

/** Values by key, with versions and times to live. */
export const STATE_TESTS: readonly ConformanceTest[] = [
  {
    name: 'state is written, read and deleted, whatever the key; numbers have six decimals',
    app: STATE,
    run: async (t) => {
      await t.start();
      const strange = '/a%2Fb%20%252F';
      await answered(t, [
        [['GET', '/a'], [204]],
        [write({ key: 'a', value: { x: 0.123456789, y: 1e-7, z: 'ü<' } }), [204]],
        [
          ['GET', '/a'],
          [200, { x: 0.123457, y: 0, z: 'ü<' }, '1'],
        ],
        [write({ key: 'a/b %2F', value: 'v' }), [204]],
        [
          ['GET', strange],
          [200, 'v', '1'],
        ],
        [['DELETE', strange], [204]],
        [['GET', strange], [204]],
        [['DELETE', '/none'], [204]],
        [write({ key: 'n', value: null }), [204]],
        [
          ['GET', '/n'],
          [200, null, '1'],
        ],
      ]);
    },
  },
  {
    name: 'state is written with an ETag only to the version that has it',
    app: STATE,
    run: async (t) => {
      await t.start();
      const refused = notSaved(t, 409, MISMATCH + otherVersion(t, 'a'));
      await answered(t, [
        [write({ key: 'a', value: 1 }), [204]],
        [write({ key: 'a', value: 2, etag: '1' }), [204]],
        [write({ key: 'a', value: 3, etag: '1' }), refused],
        [write({ key: 'a', value: 3, etag: '-1' }), refused],
        [
          write({ key: 'a', value: 3, etag: 'x' }),
          notSaved(t, 400, 'invalid etag value: strconv.Atoi: parsing "x": invalid syntax'),
        ],
        [
          ['GET', '/a'],
          [200, 2, '2'],
        ],
        [write({ key: 'new', value: 1, etag: '-1' }), [204]],
        [write({ key: 'new', value: 2 }), [204]],
        [
          ['GET', '/new'],
          [200, 2, '2'],
        ],
      ]);
    },
  },
  {
    name: 'state that was written first is replaced by its version alone',
    app: STATE,
    run: async (t) => {
      await t.start();
      const refused = notSaved(
        t,
        500,
        `failed to set key ${t.names.store}||f: ${otherVersion(t, 'f')}`,
      );
      await answered(t, [
        [write({ key: 'f', value: 1, options: FIRST_WRITE }), [204]],
        [write({ key: 'f', value: 2 }), refused],
        [write({ key: 'f', value: 2, options: FIRST_WRITE }), refused],
        [write({ key: 'f', value: 2, etag: '1' }), [204]],
        [
          ['GET', '/f'],
          [200, 2, '2'],
        ],
      ]);
    },
  },
  {
    name: 'state of several entries: those without a mistake are written',
    app: STATE,
    run: async (t) => {
      await t.start();
      await answered(t, [
        [write({ key: 'f', value: 1 }, { key: 'g', value: 1 }), [204]],
        [
          write({ key: 'f', value: 3, etag: '9' }, { key: 'g', value: 2 }),
          notSaved(t, 409, MISMATCH + MISMATCH + otherVersion(t, 'f')),
        ],
        [
          ['GET', '/f'],
          [200, 1, '1'],
        ],
        [
          ['GET', '/g'],
          [200, 2, '2'],
        ],
        [write(), [204]],
      ]);
    },
  },
  {
    name: 'state is deleted with If-Match only in the version that has it',
    app: STATE,
    run: async (t) => {
      await t.start();
      const { store } = t.names;
      const message = `failed deleting state with key f: ${MISMATCH}ERR user_script:6: failed to delete ${store}||f script: 2446db0de2c963f100727b388f03ead01d18c265, on @user_script:6.`;
      await answered(t, [
        [write({ key: 'f', value: 1 }), [204]],
        [
          ['DELETE', '/f', undefined, '9'],
          [409, { errorCode: 'ERR_STATE_DELETE', message }],
        ],
        [
          ['GET', '/f'],
          [200, 1, '1'],
        ],
        [['DELETE', '/f', undefined, '1'], [204]],
        [['GET', '/f'], [204]],
        // Versions begin again: an ETag of before may be that of another value.
        [write({ key: 'f', value: 2 }), [204]],
        [
          ['GET', '/f'],
          [200, 2, '1'],
        ],
      ]);
    },
  },
  {
    name: 'state of several keys is read at once',
    app: STATE,
    run: async (t) => {
      await t.start();
      await answered(t, [
        [write({ key: 'a/b %2F', value: 'v' }, { key: 'b', value: [1] }), [204]],
        [
          ['POST', '/bulk', { keys: [] }],
          [200, []],
        ],
      ]);
      const { status, text } = await send(t, ['POST', '/bulk', { keys: ['a/b %2F', 'b', 'none'] }]);
      const found = JSON.parse(text) as { key: string }[];
      assert.deepEqual(
        [status, found.sort((one, other) => (one.key < other.key ? -1 : 1))],
        [
          200,
          [
            { key: 'a/b %2F', data: 'v', etag: '1' },
            { key: 'b', data: [1], etag: '1' },
            { key: 'none' },
          ],
        ],
      );
    },
  },
  {
    name: 'state is over after its time to live, and stays with another write',
    app: STATE,
    run: async (t) => {
      await t.start();
      const ttl = (ttlInSeconds: string) => ({ metadata: { ttlInSeconds } });
      await answered(t, [
        [write({ key: 'kept', value: 1, ...ttl('1') }), [204]],
        [write({ key: 'kept', value: 2, ...ttl('-1') }), [204]],
        [
          write({ key: 'short', value: 1, ...ttl('1') }, { key: 'long', value: 1, ...ttl('600') }),
          [204],
        ],
      ]);
      await until(
        () => 'the value is still there',
        10,
        async () => (await send(t, ['GET', '/short'])).status === 204,
        50,
      );
      await answered(t, [
        [
          ['GET', '/long'],
          [200, 1, '1'],
        ],
        [
          ['GET', '/kept'],
          [200, 2, '2'],
        ],
      ]);
    },
  },
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
