import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { inLazyTransaction } from './lazy-transaction.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), []);
  await database.pool.query('CREATE TABLE notes (text text)');
});
afterAll(() => database.drop());

async function notes(): Promise<number> {
  const { rows } = await database.pool.query('SELECT FROM notes');
  return rows.length;
}

it('commits what was written, and takes no connection where nothing is asked', async () => {
  expect(await inLazyTransaction(database.pool, () => Promise.resolve(7))).toBe(7);
  expect(
    await inLazyTransaction(database.pool, async (tx) => {
      const queries = ['a', 'b'].map((text) => tx.query('INSERT INTO notes VALUES ($1)', [text]));
      return (await Promise.all(queries)).length;
    }),
  ).toBe(2);
  expect(await notes()).toBe(2);
});

it('rolls back what fails, and what takes too long, with or without a statement', async () => {
  const forever = () => new Promise<never>(() => undefined);
  await expect(inLazyTransaction(database.pool, forever, 50)).rejects.toThrow('longer than 0.05 s');
  await expect(
    inLazyTransaction(
      database.pool,
      async (tx) => {
        await tx.query("INSERT INTO notes VALUES ('late')");
        return forever();
      },
      200,
    ),
  ).rejects.toThrow('took longer than 0.2 s');
  await expect(
    inLazyTransaction(database.pool, async (tx) => {
      await tx.query("INSERT INTO notes VALUES ('refused')");
      throw new RangeError('refused');
    }),
  ).rejects.toThrow('refused');
  expect(await notes()).toBe(2);
  expect(database.pool.totalCount - database.pool.idleCount).toBe(0);
});

it('commits before the end where it is asked to, and holds no connection until the next statement', async () => {
  const used = () => database.pool.totalCount - database.pool.idleCount;
  const before = await notes();
  await expect(
    inLazyTransaction(database.pool, async (tx) => {
      await tx.commit();
      await tx.query("INSERT INTO notes VALUES ('first')");
      expect(used()).toBe(1);
      await tx.commit();
      expect([used(), await notes()]).toEqual([0, before + 1]);
      await tx.query("INSERT INTO notes VALUES ('second')");
      throw new RangeError('refused');
    }),
  ).rejects.toThrow('refused');
  expect([used(), await notes()]).toEqual([0, before + 1]);
});

it('fails where what was to be committed cannot be', async () => {
  await database.pool.query(
    'CREATE TABLE parents (id int PRIMARY KEY); CREATE TABLE children (id int REFERENCES parents DEFERRABLE INITIALLY DEFERRED)',
  );
  await expect(
    inLazyTransaction(database.pool, async (tx) => {
      await tx.query('INSERT INTO children VALUES (1)');
      await tx.commit();
    }),
  ).rejects.toThrow('violates foreign key');
});
