import { describe, expect, it } from 'vitest';
import { defineEvent, type EventContract, type EventSchema } from '@cdk8s-event-platform/contracts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { PublishError } from '../outbox/publisher.ts';
import { eventSender } from './event-sender.ts';
import type { EventSenderOptions } from './send-settings.ts';
import { data, Measured, MEASURED, SendingApp } from './testing/sending-app.ts';

const SCHEMA = MEASURED.schema;
const app = SendingApp.forTests();

describe('a contract', () => {
  const contractOf = (change: Partial<EventContract>) =>
    (defineEvent as (contract: object) => unknown)({
      ...MEASURED,
      ...change,
    }) as typeof Measured;

  it.each([
    ['effect-once', 'fire-and-forget', 'at-most-once'],
    ['effect-once', 'synchronous', 'at-least-once'],
    ['effect-once', 'idempotent', 'at-least-once'],
    ['at-least-once', 'fire-and-forget', 'at-most-once'],
  ] as const)('with the delivery %s cannot be sent %s', (delivery, mode, needed) => {
    expect(() => eventSender(contractOf({ delivery }), { mode })).toThrow(
      `events of 'com.example.measured' have the delivery '${delivery}', and what is sent '${mode}' has '${needed}': publish them with tx.publish, or declare delivery: '${needed}' in the contract [EP8004]`,
    );
  });

  it.each([{ pii: true }, { claimCheck: true }])('with %o cannot be sent', (mark) => {
    const schema = {
      ...SCHEMA,
      properties: { ...SCHEMA.properties, text: { type: 'string', ...mark } },
    } as unknown as EventSchema;
    expect(() => eventSender(contractOf({ schema }), { mode: 'synchronous' })).toThrow(
      "events of 'com.example.measured' hold values that are encrypted or kept elsewhere, which is done in a transaction: publish them with tx.publish [EP8004]",
    );
  });

  it('must be one that the app publishes', () => {
    const other = contractOf({ type: 'com.example.other.measured' });
    expect(() => app.sender({ mode: 'fire-and-forget' }, other).send(data(1))).toThrow(
      "'com.example.other.measured' 1.0.0 is not published by meter: add it to its manifest [EP8002]",
    );
  });

  it('is not sent where no app runs', () => {
    expect(() => eventSender(Measured, { mode: 'synchronous' }).send(data(1))).toThrow(
      /cannot be sent here: this is no app/,
    );
  });
});

it.each([
  [{ mode: 'async' }, "mode ('async') must be 'fire-and-forget' or 'synchronous' or 'idempotent'"],
  [
    { mode: 'synchronous', timeout: { seconds: 0 } },
    'timeout (an object with seconds) must be a time span of 1 to 300 seconds',
  ],
  [
    { mode: 'synchronous', batch: { maxEvents: 0 } },
    'batch.maxEvents (0) must be a whole number from 1 to 1000',
  ],
  [
    { mode: 'synchronous', batch: { linger: { seconds: 11 } } },
    'batch.linger (an object with seconds) must be a time span of 0 to 10 seconds',
  ],
  [
    { mode: 'synchronous', maxWaiting: 0 },
    'maxWaiting (0) must be a whole number from 1 to 100000',
  ],
  [
    { mode: 'synchronous', timeout: { seconds: 2 }, batch: { linger: { seconds: 2 } } },
    'batch.linger (2 seconds) must be shorter than timeout (2 seconds)',
  ],
  [{ mode: 'synchronous', buffer: 1 }, "'buffer' is not known"],
])('the options %j are refused', (options, problem) => {
  expect(() => eventSender(Measured, options as EventSenderOptions)).toThrow(problem);
});

describe('an event', () => {
  it('has the id that follows from its cause, or another one each time', async () => {
    const { send } = app.sender({ mode: 'synchronous' });
    const cause = { source: '/r', id: 'r-1', correlationid: 'c-1' };
    await send(data(1), { cause });
    await send(data(1), { cause });
    await send(data(2), { cause, discriminator: '2' });
    await send(data(3));
    await send(data(4), { id: 'own', time: '2026-01-01T00:00:00Z' });
    const events = app.requests.flat().map(({ event }) => event);
    expect(new Set(events.slice(0, 2).map(({ id }) => id)).size).toBe(1);
    expect(new Set(events.map(({ id }) => id)).size).toBe(4);
    expect(events[0]).toMatchObject({ correlationid: 'c-1', causationid: 'r-1', source: '/meter' });
    expect(events[3]!.causationid).toBeUndefined();
    expect(events[4]).toMatchObject({ id: 'own', time: '2026-01-01T00:00:00Z' });
    expect(await app.published()).toBe(5);
  });
});

describe('synchronous', () => {
  it('says that data do not match', async () => {
    const sent = app.sender({ mode: 'synchronous' }).send({ key: 'k' } as never);
    await expect(sent).rejects.toBeInstanceOf(InvalidEventError);
    expect(app.requests).toEqual([]);
  });

  it.each([
    ['a refusal', 500, /^the sidecar answered 500/],
    ['an answer that is lost', 0, /^the sidecar cannot be reached: ECONNRESET$/],
  ])('tells of %s after one try', async (_what, status, message) => {
    app.answers = [status];
    const sent = app.sender({ mode: 'synchronous' }).send(data(1));
    await expect(sent).rejects.toThrow(message);
    await expect(sent).rejects.toBeInstanceOf(PublishError);
    expect(app.numbers).toEqual([[1]]);
    expect(await app.published()).toBeNaN();
  });

  it('tells of a sidecar that is down', async () => {
    app.use(1);
    await expect(app.sender({ mode: 'synchronous' }).send(data(1))).rejects.toThrow('ECONNREFUSED');
  });

  it('tells at once when too many wait', async () => {
    const release = app.hold();
    const { send } = app.sender({ mode: 'synchronous', maxWaiting: 2 });
    const accepted = [send(data(1)), send(data(2))];
    await expect(send(data(3))).rejects.toThrow(/^2 events with \d+ bytes wait/);
    release();
    await Promise.all(accepted);
    expect(app.numbers.flat().toSorted()).toEqual([1, 2]);
  });
});

it('shares what waits with senders of the same contract and options', async () => {
  const release = app.hold();
  const sender = (maxWaiting = 2) => app.sender({ maxWaiting, mode: 'synchronous' });
  const accepted = [sender().send(data(1)), sender().send(data(2)), sender(3).send(data(3))];
  await expect(sender().send(data(4))).rejects.toThrow(/^2 events with \d+ bytes wait/);
  release();
  await Promise.all(accepted);
  expect(app.numbers.flat().toSorted()).toEqual([1, 2, 3]);
});

describe('idempotent', () => {
  it('tries again under the same id until it is confirmed', async () => {
    app.answers = [0, 500, 207];
    await app.sender({ mode: 'idempotent' }).send(data(1));
    expect(app.numbers).toEqual([[1], [1], [1], [1]]);
    expect(new Set(app.requests.flat().map(({ event }) => JSON.stringify(event))).size).toBe(1);
    expect(await app.published()).toBe(1);
  });

  it('gives up after its timeout, and says how often it has tried', async () => {
    app.use(1);
    const sent = app.sender({ mode: 'idempotent', timeout: { seconds: 1 } }).send(data(1));
    // 0.1, 0.2 and 0.4 s, and then 0.8 s would be too long.
    await expect(sent).rejects.toThrow(
      'the sidecar cannot be reached: ECONNREFUSED (after 4 tries)',
    );
  });

  it('sends the rest of a key once what is in front is confirmed', async () => {
    app.answers = [500, 207];
    const { send } = app.sender({ mode: 'idempotent', batch: {} });
    await Promise.all([send(data(1, 'a')), send(data(2, 'b')), send(data(3, 'a'))]);
    expect(app.numbers).toEqual([[1, 2], [1, 2], [1], [3]]);
  });
});
