import { randomUUID } from 'node:crypto';
import { happened, StreamConflictError } from '@cdk8s-event-platform/runtime';
import type { TestApp, TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { account, accounts, Deposited, storedAccount } from './bank.ts';

/** Events of the streams that are loaded. */
export const SIZES = [10, 1_000, 100_000] as const;
/** Events that are appended in one transaction before they are loaded. */
const CHUNK = 1_000;

/** What is measured, and with what load. */
export interface Load {
  readonly app: TestApp;
  readonly database: TestDatabase;
  readonly writers: number;
  readonly seconds: number;
}

/** Appends per second of one kind, and how many were tried again. */
export interface Rate {
  readonly perSecond: number;
  readonly conflicts: number;
}

const deposit = (amount: number) => happened(Deposited, { amount });

/** Whether another append was in between. */
function isConflict(error: unknown): boolean {
  return (
    error instanceof StreamConflictError || (error as { readonly code?: unknown }).code === '40001'
  );
}

async function during({ writers, seconds }: Load, run: () => Promise<unknown>): Promise<Rate> {
  let done = 0;
  let conflicts = 0;
  const from = performance.now();
  const end = from + seconds * 1000;
  const write = async (): Promise<void> => {
    while (performance.now() < end) {
      try {
        await run();
        done++;
      } catch (error) {
        if (!isConflict(error)) {
          throw error;
        }
        conflicts++;
      }
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  return { perSecond: done / ((performance.now() - from) / 1000), conflicts };
}

/** Each append begins a stream. */
export function separate(load: Load): Promise<Rate> {
  return during(load, () =>
    load.app.inTransaction((tx) =>
      accounts.append(tx, randomUUID(), [deposit(1)], { expected: 'none' }),
    ),
  );
}

/** All writers append to one stream, at the version that they have read. */
export async function contended(load: Load): Promise<Rate> {
  const id = randomUUID();
  await load.app.inTransaction((tx) => accounts.append(tx, id, [deposit(1)]));
  return during(load, async () => {
    const { rows } = await load.database.pool.query<{ version: number }>(
      `SELECT version FROM stored_events WHERE app = 'bank' AND streams = 'accounts' AND stream = $1
       ORDER BY version DESC LIMIT 1`,
      [id],
    );
    await load.app.inTransaction((tx) =>
      accounts.append(tx, id, [deposit(1)], { expected: rows[0]!.version }),
    );
  });
}

/** All writers give commands to one aggregate, which wait for each other. */
export function commands(load: Load): Promise<Rate> {
  const id = randomUUID();
  return during(load, () =>
    load.app.inTransaction((tx) => storedAccount.handle(tx, id, { type: 'deposit', amount: 1 })),
  );
}

/** Milliseconds to load the state of a stream of so many events, each time. */
export async function loading({ app }: Load, size: number, times: number): Promise<number[]> {
  const id = `load-${size}-${randomUUID()}`;
  for (let from = 0; from < size; from += CHUNK) {
    const count = Math.min(CHUNK, size - from);
    await app.inTransaction((tx) =>
      accounts.append(
        tx,
        id,
        Array.from({ length: count }, (_, index) => deposit(index + 1)),
      ),
    );
  }
  return timed(times, async () => {
    const { version } = await app.inTransaction((tx) => account.load(tx, id));
    if (version !== size) {
      throw new Error(`the stream has ${version} events instead of ${size}`);
    }
  });
}

/** Milliseconds to load a long stream from its stored state. */
export async function loadingStored({ app }: Load, size: number, times: number): Promise<number[]> {
  const id = `stored-${size}-${randomUUID()}`;
  for (let from = 0; from < size; from += CHUNK) {
    await app.inTransaction((tx) =>
      accounts.append(
        tx,
        id,
        Array.from({ length: CHUNK }, (_, index) => deposit(index + 1)),
      ),
    );
  }
  await app.inTransaction((tx) => storedAccount.handle(tx, id, { type: 'deposit', amount: 1 }));
  for (let more = 0; more < 100; more++) {
    await app.inTransaction((tx) => storedAccount.handle(tx, id, { type: 'deposit', amount: 1 }));
  }
  return timed(times, () => app.inTransaction((tx) => storedAccount.load(tx, id)));
}

/** Events per second that a projection of two hundred a transaction comes to. */
export async function projecting({ app }: Load): Promise<number> {
  const from = performance.now();
  const count = await app.project();
  return count / ((performance.now() - from) / 1000);
}

async function timed(times: number, run: () => Promise<unknown>): Promise<number[]> {
  const found: number[] = [];
  for (let time = 0; time < times; time++) {
    const from = performance.now();
    await run();
    found.push(performance.now() - from);
  }
  return found;
}
