import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { TransactionTimeoutError } from './database.ts';
import { inLazyTransaction, type LazyTransaction } from './lazy-transaction.ts';

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

it('rolls back what fails, and what takes too long', async () => {
  const forever = () => new Promise<never>(() => undefined);
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

it('does nothing more after its timeout, though what it runs goes on', async () => {
  const before = await notes();
  const { promise: told, resolve: tell } = Promise.withResolvers<undefined>();
  const { promise: goneOn, resolve: goOn } = Promise.withResolvers<unknown[]>();
  const outcome = (work: Promise<unknown>) => work.catch((error: unknown) => error);
  const late = inLazyTransaction(
    database.pool,
    async (tx) => {
      await tx.query("INSERT INTO notes VALUES ('late')");
      await told;
      goOn([
        await outcome(tx.query("INSERT INTO notes VALUES ('later')")),
        await outcome(tx.commit()),
      ]);
    },
    100,
  );
  const error = await outcome(late);
  expect(error).toBeInstanceOf(TransactionTimeoutError);
  tell(undefined);
  expect(await goneOn).toEqual([error, error]);
  expect(await notes()).toBe(before);
  expect(database.pool.totalCount - database.pool.idleCount).toBe(0);
});

it('does nothing more after its end', async () => {
  let kept: LazyTransaction | undefined;
  await inLazyTransaction(database.pool, (tx) => Promise.resolve((kept = tx)));
  await expect(kept!.query('SELECT 1')).rejects.toThrow(
    'the request has ended: await each statement',
  );
  expect(database.pool.totalCount - database.pool.idleCount).toBe(0);
});

it('limits the time of a transaction, not that without one', async () => {
  const before = await notes();
  const limit = 200;
  await inLazyTransaction(
    database.pool,
    async (tx) => {
      await tx.query("INSERT INTO notes VALUES ('first')");
      await tx.commit();
      await sleep(2 * limit);
      await tx.query("INSERT INTO notes VALUES ('second')");
    },
    limit,
  );
  expect(await notes()).toBe(before + 2);
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
