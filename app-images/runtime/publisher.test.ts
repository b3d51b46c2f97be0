import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TaskCreated } from '../contracts/index.ts';
import { InvalidEventError } from './cloud-event.ts';
import { RuntimeMetrics } from './metrics.ts';
import { Publisher, PublishError } from './publisher.ts';

/** Stands in for a sidecar: the real one is in the end-to-end run. */
let sidecar: Server;
let answer = 204;
const received: { url: string; contentType: string | undefined; body: unknown }[] = [];
const data = { task_id: 1, user_id: 'a/b&c', title: 't', created_at: '2026-01-01T00:00:00Z' };

beforeAll(async () => {
  sidecar = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({
        url: request.url!,
        contentType: request.headers['content-type'],
        body: body === '' ? undefined : JSON.parse(body),
      });
      if (answer > 0) {
        response.writeHead(answer).end(answer === 204 ? undefined : '{"errorCode":"ERR_X"}');
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
  answer = 204;
});

function publisher(metrics = new RuntimeMetrics(), timeout = 5_000): Publisher {
  return new Publisher({
    source: '/test',
    contracts: [TaskCreated],
    metrics,
    pubSub: 'pubsub',
    daprPort: (sidecar.address() as AddressInfo).port,
    timeout,
  });
}

describe('Publisher', () => {
  it('sends the whole envelope under the id given, keyed by the contract', async () => {
    const metrics = new RuntimeMetrics();
    await publisher(metrics).publish(TaskCreated, 'id-1', data, '2026-01-01T00:00:00Z');
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
          data,
        },
      },
    ]);
    expect(await metrics.text()).toContain(
      'events_published_total{type="com.myapp.task.created"} 1',
    );
  });

  it('publishes nothing that is not as the contract says', async () => {
    await expect(
      publisher().publish(TaskCreated, 'id', { ...data, title: '' }),
    ).rejects.toBeInstanceOf(InvalidEventError);
    expect(received).toEqual([]);
  });

  it('says so when the sidecar refuses, is silent, or is not there', async () => {
    answer = 500;
    const refused = publisher().publish(TaskCreated, 'id', data);
    await expect(refused).rejects.toThrow('the sidecar answered 500: {"errorCode":"ERR_X"}');
    await expect(refused).rejects.toBeInstanceOf(PublishError);
    answer = 0;
    await expect(publisher(undefined, 100).publish(TaskCreated, 'id', data)).rejects.toThrow(
      'the sidecar has not answered for 100 ms',
    );
    const nobody = new Publisher({
      source: '/test',
      contracts: [TaskCreated],
      metrics: new RuntimeMetrics(),
      pubSub: 'pubsub',
      daprPort: 1,
    });
    await expect(nobody.publish(TaskCreated, 'id', data)).rejects.toThrow(
      'the sidecar cannot be reached: ECONNREFUSED',
    );
    expect(await nobody.readiness()).toContain('ECONNREFUSED');
  });

  it('needs the name of a component', () => {
    expect(
      () => new Publisher({ source: '/', contracts: [], metrics: new RuntimeMetrics() }),
    ).toThrow(/PUBSUB_NAME is not set: give the name/);
  });
});
