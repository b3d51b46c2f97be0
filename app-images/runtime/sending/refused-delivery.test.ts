import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { defineApp } from '@cdk8s-event-platform/contracts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { contractOf } from '../../testing/plain-events.ts';
import { ACKNOWLEDGED, RunningConsumer } from '../../testing/running-consumer.ts';
import { consumer, each } from '../delivery/consumer.ts';
import { data, SendingApp } from './testing/sending-app.ts';

const Read = contractOf('meter-read');
const app = SendingApp.forTests();
const reader = defineApp({
  ...{ appId: 'reader', description: 'Reads a meter.', port: 8080 },
  subscribes: [Read],
});

let database: TestDatabase;
let running: RunningConsumer;
beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [reader]);
  const { send } = app.sender({ mode: 'synchronous' });
  running = await new RunningConsumer(
    consumer(
      reader,
      each(Read, () => send(data(1))),
    ),
    database.pool,
  ).start();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});
beforeEach(() => database.pool.query('TRUNCATE processed_events, quarantine'));

const quarantined = async () =>
  (await database.pool.query<{ cause: string }>('SELECT cause FROM quarantine')).rows;

it.each([400, 413, 422])(
  'quarantines an event whose own event is refused with %d',
  async (status) => {
    app.answers = [status];
    expect(await running.deliver(Read, 'r-1', { key: 'k' })).toMatchObject(ACKNOWLEDGED);
    expect(await quarantined()).toEqual([
      { cause: expect.stringContaining(`answered ${status}`) as string },
    ]);
    expect(app.numbers).toEqual([[1]]);
  },
);

it('processes an event once the broker takes its own again', async () => {
  app.answers = [500];
  expect(await running.deliver(Read, 'r-1', { key: 'k' })).toMatchObject(ACKNOWLEDGED);
  expect(await quarantined()).toEqual([]);
  expect(app.numbers).toEqual([[1], [1]]);
});
