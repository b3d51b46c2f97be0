import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { TaskCompleted, TaskCreated, UserRegistered } from '../events/index.ts';
import { completed, created, minutesLater } from '../testing/sample-events.ts';
import { manifest } from './manifest.ts';
import { parts } from './parts.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
  app = new TestApp({ manifest, ...parts }, database);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await tamper('TRUNCATE todo_audit; TRUNCATE todo_audit_heads');
  await app.deliver(UserRegistered, {
    ...{ user_id: 'ada', email: 'ada@example.com', name: 'Ada' },
    ...({ registered_at: minutesLater(-1), source: 'web' } as const),
  });
  await app.deliver(TaskCreated, created());
  await app.deliver(TaskCompleted, completed());
});

/** Changes the log as somebody with all rights in the database could. */
async function tamper(statement: string): Promise<void> {
  await database.pool.query(`ALTER TABLE todo_audit DISABLE TRIGGER ALL; ${statement};
    ALTER TABLE todo_audit ENABLE TRIGGER ALL`);
}

const verdict = () => app.request('GET', '/api/audit/ada');

describe('the audit log', () => {
  it('has every event in its order, without personal data', async () => {
    const { rows } = await database.pool.query<{ n: string; entry: string }>(
      'SELECT n, entry FROM todo_audit ORDER BY n',
    );
    expect(rows.map(({ n, entry }) => [n, (JSON.parse(entry) as { type: string }).type])).toEqual([
      ['1', UserRegistered.type],
      ['2', TaskCreated.type],
      ['3', TaskCompleted.type],
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/ada@example|Ada|groceries/);
    expect(await verdict()).toMatchObject({ status: 200, body: { n: 3 } });
  });

  it('takes concurrent events of a user one after the other', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => app.deliver(TaskCreated, created({ task_id: n + 10 }))),
    );
    expect(await verdict()).toMatchObject({ status: 200, body: { n: 23 } });
  });

  it.each([
    ['UPDATE', `UPDATE todo_audit SET entry = '{}'`],
    ['DELETE', 'DELETE FROM todo_audit'],
    ['TRUNCATE', 'TRUNCATE todo_audit'],
  ])('refuses %s, also to its own app', async (_name, statement) => {
    await expect(database.pool.query(statement)).rejects.toThrow(/append-only/);
    await expect(database.poolOf(manifest.appId).query(statement)).rejects.toThrow(
      /append-only|permission denied/,
    );
    expect(await verdict()).toMatchObject({ status: 200 });
  });

  it.each([
    ['an entry that was changed', `UPDATE todo_audit SET entry = '{}' WHERE n = 2`, 'entry 2'],
    ['an entry that is missing', 'DELETE FROM todo_audit WHERE n = 2', 'entry 2 is missing'],
    ['a log that ends early', 'DELETE FROM todo_audit WHERE n = 3', 'ends at entry 2'],
    ['a log that is gone', 'TRUNCATE todo_audit', 'ends at entry 0'],
    [
      'entries that changed their places',
      'UPDATE todo_audit SET n = CASE n WHEN 2 THEN 3 ELSE 2 END WHERE n > 1',
      'entry 2 was changed',
    ],
  ])('finds %s', async (_name, statement, problem) => {
    await tamper(
      statement.startsWith('UPDATE todo_audit SET n')
        ? `ALTER TABLE todo_audit DROP CONSTRAINT todo_audit_pkey; ${statement}; ALTER TABLE todo_audit ADD PRIMARY KEY (user_id, n)`
        : statement,
    );
    const { status, body } = await verdict();
    expect(status).toBe(409);
    expect(JSON.stringify(body)).toContain(problem);
  });
});
