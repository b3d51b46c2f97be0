import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TaskCreated } from '../../tasks/events/index.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { EventSource } from '../events/event-source.ts';
import { Publisher, PublishError } from './publisher.ts';

/** Stands in for a sidecar: the real one is in the end-to-end run. */
let sidecar: Server;
let answer = 204;
let text = '';
/** Milliseconds that it takes for an event. */
let delay = 0;
let componentType = 'pubsub.kafka';
/** What the sidecar answers to a proof. */
let proofs: (() => number | Promise<number>)[] = [];
const received: { url: string; contentType: string | undefined; body: unknown }[] = [];
/** Tokens of all requests. */
let tokens: (string | string[] | undefined)[] = [];
/** `traceparent` of requests. */
let traceparents: (string | string[] | undefined)[] = [];
const data = { task_id: 1, user_id: 'a/b&c', title: 't', created_at: '2026-01-01T00:00:00Z' };

beforeAll(async () => {
  sidecar = createServer((request, response) => {
    tokens.push(request.headers['dapr-api-token']);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.url === '/v1.0/metadata') {
        const components = [{ name: 'pubsub', type: componentType, version: 'v1' }];
        response.writeHead(200).end(JSON.stringify({ id: 'producer', components }));
        return;
      }
      if (request.url === '/v1.0/publish/pubsub/publish-proof' && proofs.length > 0) {
        void Promise.resolve(proofs.shift()!()).then((status) =>
          response.writeHead(status).end(text),
        );
        return;
      }
      traceparents.push(request.headers.traceparent);
      received.push({
        url: request.url!,
        contentType: request.headers['content-type'],
        body: body === '' ? undefined : JSON.parse(body),
      });
      if (answer > 0) {
        setTimeout(() => response.writeHead(answer).end(answer === 204 ? undefined : text), delay);
      }
    });
  });
  await new Promise<void>((resolve) => sidecar.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  sidecar.closeAllConnections();
  sidecar.close();
});
beforeEach(() => {
  received.length = 0;
  traceparents = [];
  tokens = [];
  answer = 204;
  text = '{"errorCode":"ERR_X"}';
  componentType = 'pubsub.kafka';
  proofs = [];
  delay = 0;
});

function publisher(timeout = 5_000): Publisher {
  const daprPort = (sidecar.address() as AddressInfo).port;
  return new Publisher({ pubSub: 'pubsub', daprPort, timeout });
}

const source = new EventSource('/test', [TaskCreated]);
const event = source.create(TaskCreated, data, { id: 'id-1', time: '2026-01-01T00:00:00Z' });

describe('EventSource', () => {
  it('makes no event that is not as its contract says', () => {
    expect(() => source.create(TaskCreated, { ...data, title: '' }, { id: 'id' })).toThrow(
      InvalidEventError,
    );
    expect(() => new EventSource('/x', []).create(TaskCreated, data, { id: 'id' })).toThrow(
      'com.myapp.task.created 1.0.0 is not among the contracts of /x: add it',
    );
  });

  it('carries the trace under both names that Dapr goes by', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(source.create(TaskCreated, data, { id: 'id', traceparent })).toMatchObject({
      traceparent,
      traceid: traceparent,
    });
  });
});

describe('Publisher', () => {
  it('sends the whole envelope under the id given, keyed by the contract', async () => {
    await publisher().publish(TaskCreated, event);
    expect(received).toEqual([
      {
        url: '/v1.0/publish/pubsub/task-created?metadata.partitionKey=a%2Fb%26c',
        contentType: 'application/cloudevents+json',
        body: {
          specversion: '1.0',
          id: 'id-1',
          source: '/test',
          type: TaskCreated.type,
          time: '2026-01-01T00:00:00Z',
          datacontenttype: 'application/json',
          dataschema: 'urn:event-platform:com.myapp.task.created:1.0.0',
          data,
        },
      },
    ]);
  });

  it('says which trace a request is part of', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const entry = { entryId: '1', key: 'a', event: JSON.stringify(event) };
    const own = source.create(TaskCreated, data, { id: 'id-2', traceparent });
    await publisher().publish(TaskCreated, event);
    await publisher().publish(TaskCreated, own);
    await publisher().publishMany('t', [entry]);
    await publisher().publishMany('t', [entry], traceparent);
    expect(traceparents).toEqual([undefined, traceparent, undefined, traceparent]);
  });

  it('sends several at once, each with its key', async () => {
    const entry = { key: 'a"b', event: JSON.stringify(event) };
    const failed = await publisher().publishMany('t', [
      { ...entry, entryId: '1' },
      { ...entry, entryId: '2' },
    ]);
    expect(failed).toEqual(new Set());
    const sent = { contentType: 'application/cloudevents+json', metadata: { partitionKey: 'a"b' } };
    expect(received).toEqual([
      {
        url: '/v1.0/publish/bulk/pubsub/t',
        contentType: 'application/json',
        body: [
          { entryId: '1', ...sent, event },
          { entryId: '2', ...sent, event },
        ],
      },
    ]);
  });

  it('tells which of several were not confirmed', async () => {
    answer = 500;
    text = JSON.stringify({ failedEntries: [{ entryId: '2', error: 'too large' }] });
    expect(await publisher().publishMany('t', [])).toEqual(new Set(['2']));
    text = '{"errorCode":"ERR_X"}';
    await expect(publisher().publishMany('t', [])).rejects.toBeInstanceOf(PublishError);
    text = 'no JSON';
    await expect(publisher().publishMany('t', [])).rejects.toBeInstanceOf(PublishError);
  });

  it('says so when the sidecar refuses, is silent, or is not there', async () => {
    answer = 500;
    const refused = publisher().publish(TaskCreated, event);
    await expect(refused).rejects.toThrow('the sidecar answered 500: {"errorCode":"ERR_X"}');
    await expect(refused).rejects.toBeInstanceOf(PublishError);
    answer = 0;
    await expect(publisher(100).publish(TaskCreated, event)).rejects.toThrow(
      'the sidecar has not answered for 100 ms',
    );
    const nobody = new Publisher({ pubSub: 'pubsub', daprPort: 1 });
    await expect(nobody.publish(TaskCreated, event)).rejects.toThrow(
      'the sidecar cannot be reached: ECONNREFUSED',
    );
    expect(await nobody.readiness()).toContain('ECONNREFUSED');
  });

  it('needs the name of a component', () => {
    expect(() => new Publisher()).toThrow(/PUBSUB_NAME is not set: give the name/);
  });
});

describe('Publisher with a component that confirms what it has not', () => {
  const entries = [{ entryId: '1', key: 'k', event: '{}' }];
  const urls = () => received.map(({ url }) => url);

  beforeEach(() => (componentType = 'pubsub.rabbitmq'));

  it('publishes something else before it takes a confirmation for one', async () => {
    const sure = publisher();
    expect(await sure.publishMany('t', entries)).toEqual(new Set());
    await sure.publish(TaskCreated, event);
    expect(urls()).toEqual([
      '/v1.0/publish/bulk/pubsub/t',
      '/v1.0/publish/pubsub/publish-proof',
      '/v1.0/publish/pubsub/task-created?metadata.partitionKey=a%2Fb%26c',
      '/v1.0/publish/pubsub/publish-proof',
    ]);
  });

  it('does no such thing with other components', async () => {
    componentType = 'pubsub.kafka';
    const plain = publisher();
    expect(await plain.publishMany('t', entries)).toEqual(new Set());
    expect(urls()).toEqual(['/v1.0/publish/bulk/pubsub/t']);
    expect(plain.maxBatchSize).toBe(Infinity);
  });

  it('takes it for none when the proof fails, and tells which of several were refused when it does not', async () => {
    proofs = [() => 500];
    await expect(publisher().publishMany('t', entries)).rejects.toThrow(
      'the sidecar answered 500: {"errorCode":"ERR_X"}',
    );
    answer = 500;
    text = JSON.stringify({ failedEntries: [{ entryId: '1', error: 'too large' }] });
    proofs = [() => 204];
    expect(await publisher().publishMany('t', entries)).toEqual(new Set(['1']));
  });

  it('rejects a proof that comes after Dapr may have reconnected', async () => {
    const after = (milliseconds: number) => () =>
      new Promise<number>((resolve) => setTimeout(() => resolve(204), milliseconds));
    proofs = [after(2_500)];
    await expect(publisher().publishMany('t', entries)).rejects.toThrow(
      /^the sidecar has not answered for (19|20)\d\d ms$/,
    );
    delay = 2_100;
    await expect(publisher().publishMany('t', entries)).rejects.toThrow(
      'publishing took too long to be sure of it',
    );
  });

  it('proves fewer at once after a failure, and more again after successes', async () => {
    const sure = publisher();
    await sure.publishMany('t', entries);
    expect(sure.maxBatchSize).toBe(64);
    for (const most of [32, 16, 8, 4, 2, 1, 1]) {
      proofs = [() => 500];
      await expect(sure.publishMany('t', entries)).rejects.toBeInstanceOf(PublishError);
      expect(sure.maxBatchSize).toBe(most);
    }
    for (const most of [2, 4, 8, 16, 32, 64, 64]) {
      await sure.publishMany('t', entries);
      expect(sure.maxBatchSize).toBe(most);
    }
  });

  it('publishes nothing as long as the sidecar has not loaded the component', async () => {
    const { port } = sidecar.address() as AddressInfo;
    const other = new Publisher({ pubSub: 'other', daprPort: port });
    await expect(other.publishMany('t', entries)).rejects.toThrow(
      "the sidecar has not loaded the component 'other'",
    );
    expect(urls()).toEqual([]);
  });
});

it.each(['a token', undefined])('every request carries the token %s', async (token) => {
  vi.stubEnv('DAPR_API_TOKEN', token);
  componentType = 'pubsub.rabbitmq';
  const publishing = publisher();
  await publishing.publish(TaskCreated, event);
  await publishing.publishMany('task-created', [
    { entryId: '1', key: 'a', event: JSON.stringify(event) },
  ]);
  await publishing.readiness();
  vi.unstubAllEnvs();
  // The metadata, two publications with a proof each, and the readiness.
  expect(tokens).toEqual(Array.from({ length: 6 }, () => token));
});
