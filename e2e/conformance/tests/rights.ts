import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { DAPR_TOKEN_HEADER } from '@cdk8s-event-platform/contracts/interface';
import { PUBSUB } from '../platform.ts';
import type { ConformanceTest } from '../suite.ts';

const JSON_TYPE = 'application/json';
const ENTRIES = JSON.stringify([{ entryId: '1', contentType: JSON_TYPE, event: 1 }]);

/** Tokens, scopes, and what is not there. */
export const RIGHTS: readonly ConformanceTest[] = [
  {
    name: 'answers 401 without the token, and health to all',
    run: async (t) => {
      const path = `/v1.0/publish/${PUBSUB}/${t.names.topic}`;
      for (const token of [null, 'wrong', '']) {
        for (const [method, asked] of [
          ['POST', path],
          ['GET', '/v1.0/metadata'],
          ['POST', '/v1.0/nothing'],
        ] as const) {
          const body = method === 'POST' ? '1' : undefined;
          const { status } = await t.request('producer', {
            ...{ method, path: asked, token },
            ...(body !== undefined && { body }),
          });
          assert.equal(status, 401, asked);
        }
      }
      for (const health of ['/v1.0/healthz', '/v1.0/healthz/outbound']) {
        const asked = { method: 'GET', path: health, token: null };
        assert.equal((await t.request('producer', asked)).status, 204, health);
      }
    },
  },
  {
    name: 'shows the app its token, and tries again when the app refuses it',
    app: { single: true, maxRetries: 2 },
    run: async (t) => {
      await t.start();
      t.app.script = () => ({ status: 401 });
      await t.events({ id: 'refused' });
      await t.deadLetters(1);
      assert.equal(t.app.of('refused').length, 3);
      const tokens = t.app.deliveries.map(({ headers }) => headers[DAPR_TOKEN_HEADER]);
      assert.deepEqual(new Set(tokens), new Set([t.token()]));
    },
  },
  {
    name: 'answers 403 for topics that are not in the scope of the app',
    run: async (t) => {
      await t.start();
      const forbidden = [t.names.topic, 'not-declared', 'tested-0-events'];
      for (const topic of forbidden) {
        for (const [to, bulk] of [
          ['app', ''],
          ['app', 'bulk/'],
        ] as const) {
          const path = `/v1.0/publish/${bulk}${PUBSUB}/${topic}`;
          const body = bulk === '' ? '1' : ENTRIES;
          const answer = await t.request(to, { path, body, contentType: JSON_TYPE });
          assert.deepEqual([answer.status, answer.errorCode], [403, 'ERR_PUBSUB_FORBIDDEN'], path);
        }
      }
      const path = `/v1.0/publish/${PUBSUB}/not-declared`;
      const { status } = await t.request('producer', { path, body: '1' });
      assert.equal(status, 403);
    },
  },
  {
    name: 'delivers nothing of a topic that is not in the scope of the app',
    app: { inScope: false },
    run: async (t) => {
      await t.events({ id: 'secret' });
      await t.start();
      await sleep(3_000);
      assert.deepEqual(t.app.ids, []);
      await t.deadLetters(0);
    },
  },
  {
    name: 'lets an app publish to its own dead letters, as its sidecar does',
    run: async (t) => {
      await t.start();
      const path = `/v1.0/publish/${PUBSUB}/${t.names.deadLetters}`;
      const { status } = await t.request('app', { path, body: '1', contentType: JSON_TYPE });
      assert.equal(status, 204);
      await t.deadLetters(1);
    },
  },
  {
    name: 'answers 404 for a component or a method that does not exist, and without a topic',
    run: async (t) => {
      const answers = await Promise.all(
        [
          `/v1.0/publish/other/${t.names.topic}`,
          `/v1.0/publish/bulk/other/${t.names.topic}`,
          `/v1.0/publish/${PUBSUB}/`,
          '/v1.0/unknown',
        ].map((path) => t.request('producer', { path, body: ENTRIES, contentType: JSON_TYPE })),
      );
      assert.deepEqual(
        answers.map(({ status }) => status),
        [404, 404, 404, 404],
      );
      assert.deepEqual(
        answers.slice(0, 2).map(({ errorCode }) => errorCode),
        ['ERR_PUBSUB_NOT_FOUND', 'ERR_PUBSUB_NOT_FOUND'],
      );
    },
  },
  {
    name: 'says in its metadata who it is, and which components it has',
    run: async (t) => {
      await t.start();
      const { status, text } = await t.request('app', { method: 'GET', path: '/v1.0/metadata' });
      assert.equal(status, 200);
      const { id, components, subscriptions, runtimeVersion } = JSON.parse(text) as {
        id: string;
        runtimeVersion: string;
        components: { name: string; type: string; version: string }[];
        subscriptions: { topic: string; deadLetterTopic: string; pubsubname: string }[];
      };
      assert.equal(id, t.appId);
      assert.match(runtimeVersion, /^1\.\d+\.\d+$/);
      const [found] = components.filter(({ name }) => name === PUBSUB);
      assert.deepEqual([found!.type, found!.version], ['pubsub.kafka', 'v1']);
      const [{ topic, deadLetterTopic, pubsubname } = assert.fail('no subscription')] =
        subscriptions;
      assert.deepEqual(
        [topic, deadLetterTopic, pubsubname],
        [t.names.topic, t.names.deadLetters, PUBSUB],
      );
    },
  },
  {
    name: 'publishes in bulk at the path of older versions, too',
    run: async (t) => {
      await t.start();
      const path = `/v1.0-alpha1/publish/bulk/${PUBSUB}/${t.names.topic}`;
      const { status } = await t.request('producer', {
        ...{ path, body: ENTRIES, contentType: JSON_TYPE },
      });
      assert.equal(status, 204);
      await t.app.counted(1);
    },
  },
];
