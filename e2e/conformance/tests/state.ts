import assert from 'node:assert/strict';
import { until } from '../../../testkit/until.ts';
import type { Context } from '../context.ts';
import type { ConformanceTest } from '../suite.ts';
import { answered, notSaved, send, STATE, write } from './state-requests.ts';

const FIRST_WRITE = { concurrency: 'first-write' };

const MISMATCH = 'possible etag mismatch. error from state store: ';

/** What the server says of a value with another version. */
function otherVersion(t: Context, key: string): string {
  return `ERR user_script:14: failed to set key ${t.names.store}||${key} script: d908b9553add63a82e03589b5c6d01a7654ef0f2, on @user_script:14.`;
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
];
