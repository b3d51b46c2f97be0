import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { sideEffect } from '@cdk8s-event-platform/runtime';
import { RouteChanged } from '../events/index.ts';
import { changed } from '../testing/sample-routes.ts';
import { manifest } from './manifest.ts';
import { syncParts } from './parts.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());

it('asks each system to be told of each event, once', async () => {
  const targets = ['load-balancer', 'billing'].map((name) => ({
    ...{ name, url: `https://${name}.example.com`, format: 'json' },
  }));
  const app = new TestApp({ manifest, ...syncParts({ targets, secret: '' }) }, database);
  for (const id of ['a', 'a', 'b']) {
    await app.deliver(RouteChanged, changed('created'), { id });
  }
  for (const { name } of targets) {
    const scheduled = await app.scheduled(sideEffect(name, () => Promise.resolve()));
    expect(scheduled).toMatchObject(
      ['a', 'b'].map((id) => ({ id, type: RouteChanged.type, data: changed('created') })),
    );
  }
});
