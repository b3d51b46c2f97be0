import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { EventContract } from '@cdk8s-event-platform/contracts';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { TaskCreated } from '../events/index.ts';
import { created, LIFE } from '../testing/sample-events.ts';
import { manifest } from './manifest.ts';
import { parts } from './parts.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
  app = new TestApp({ manifest, ...parts }, database);
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE todo_search'));

async function find(q: string, user = 'ada'): Promise<unknown> {
  const { body } = await app.request(
    'GET',
    `/api/search?user_id=${user}&q=${encodeURIComponent(q)}`,
  );
  return (body as { tasks: unknown }).tasks;
}

describe('search', () => {
  it('finds tasks of a user by words of title and description, the best match first', async () => {
    await app.deliver(
      TaskCreated,
      created({ task_id: 1, title: 'Call', description: 'the baker' }),
    );
    await app.deliver(TaskCreated, created({ task_id: 2, title: 'Baker', description: '' }));
    await app.deliver(TaskCreated, created({ task_id: 3, title: 'Baker', user_id: 'ben' }));
    expect(await find('baker')).toEqual([
      { task_id: 2, title: 'Baker' },
      { task_id: 1, title: 'Call' },
    ]);
    expect(await find('baker -call')).toEqual([{ task_id: 2, title: 'Baker' }]);
    expect(await find('butcher')).toEqual([]);
  });

  it('takes what people type as it is', async () => {
    await app.deliver(TaskCreated, created({ title: `50 % off & "quotes" <b>'` }));
    for (const q of ['"', '&', "'; DROP TABLE todo_search", '<b>', '50 %', '((']) {
      expect(await find(q)).toBeInstanceOf(Array);
    }
    expect(await find('quotes')).toHaveLength(1);
    const { status } = await app.request('GET', '/api/search?user_id=ada&q=');
    expect(status).toBe(400);
  });
});

describe('the index', () => {
  const names = ['created', 'renamed', 'described', 'deleted'] as const;

  it('comes to the same whatever the order of events', async () => {
    const indexed = async (order: readonly (typeof names)[number][]) => {
      await database.pool.query('TRUNCATE todo_search, processed_events');
      for (const name of order) {
        const [contract, data] = LIFE[name] as unknown as [EventContract<object>, object];
        expect(await app.deliver(contract, data)).toEqual({ outcome: 'processed' });
      }
      const { rows } = await database.pool.query<object>(
        'SELECT task_id, title, description, deleted FROM todo_search',
      );
      return rows;
    };
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...names], { minLength: 4 }), async (order) => {
        expect(await indexed(order)).toEqual([
          { task_id: '7', title: 'Cook dinner', description: 'Pasta', deleted: true },
        ]);
      }),
      { numRuns: 24 },
    );
    expect(await indexed(['renamed', 'created'])).toMatchObject([
      { title: 'Cook dinner', description: 'Milk, eggs, bread', deleted: false },
    ]);
  });
});
