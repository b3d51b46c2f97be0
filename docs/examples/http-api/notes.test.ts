import { createDatabase, TestApp } from '@cdk8s-event-platform/runtime/testing';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { manifest, parts } from './notes.ts';

let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());

it('lets one of two people change a note', async () => {
  const app = new TestApp({ manifest, ...parts }, database);
  const headers = { 'idempotency-key': 'n1' };
  await app.request('POST', '/notes', { body: { text: 'old' }, headers });
  const change = (text: string, etag: string) =>
    app.request('PUT', '/notes/n1', { body: { text }, headers: { 'if-match': etag } });
  expect((await change('hers', '"1"')).status).toBe(204);
  expect((await change('his', '"1"')).status).toBe(412);
  expect((await app.request('GET', '/notes/n1')).body).toEqual({ text: 'hers' });
});
