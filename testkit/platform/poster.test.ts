import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Poster } from './poster.ts';

let server: Server;
let poster: Poster;
/** Statuses to answer with, the first one first; 0 cuts the connection. */
let answers: number[];
let keys: (string | undefined)[];

beforeEach(async () => {
  keys = [];
  server = createServer((request, response) => {
    keys.push(request.headers['idempotency-key'] as string | undefined);
    const status = answers.shift() ?? 202;
    if (status === 0) {
      request.socket.destroy();
    } else {
      response.writeHead(status).end('{"data":{"id":1}}');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  poster = new Poster((server.address() as AddressInfo).port);
});

afterEach(async () => {
  poster.close();
  await new Promise((resolve) => server.close(resolve));
});

it.each([
  ['503', 503],
  ['a connection that is cut', 0],
])('posts again under the same key after %s', async (_, status) => {
  answers = [status];
  expect(await poster.task(7)).toEqual({ id: 1 });
  expect(keys).toEqual(['task-7', 'task-7']);
  expect([...poster.confirmed]).toEqual([['task-7', 'user-7']]);
});

it.each([400, 500])('does not post again what was answered with %s', async (status) => {
  answers = [status];
  await expect(poster.task(7)).rejects.toThrow(`the producer answered ${status} to task-7`);
  expect(keys).toHaveLength(1);
  expect(poster.confirmed.size).toBe(0);
});
