import { SpanStatusCode } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { eventRoute } from '@cdk8s-event-platform/contracts/interface';
import { DeadLetterReceiver } from '../dead-letters/dead-letter-receiver.ts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import {
  ledger,
  ledgerFaults,
  ledgerIds,
  ledgerKeys,
  ledgerManifest,
  Paid,
} from '../../testing/ledger.ts';
import { RunningConsumer, testEvent } from '../../testing/running-consumer.ts';
import { SeenSpans, traceparentOf } from '../../testing/tracing.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';

const spans = new SeenSpans();
let database: TestDatabase;
let running: RunningConsumer;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [ledgerManifest]);
  running = await new RunningConsumer(ledger, database.pool, {
    tracing: spans.tracing,
    transactionTimeout: 2_000,
  }).start();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});
beforeEach(async () => {
  spans.reset();
  ledgerFaults.before = () => undefined;
  ledgerFaults.mended = false;
  await database.pool.query('TRUNCATE ledger, processed_events, quarantine');
});

function paid(id: string, traceparent?: string, more: object = {}): object {
  return testEvent(Paid, id, { account: id, amount: 1, ...more }, { traceparent });
}

/** Waits for spans, which are made after the answer. */
async function seen(name: string, count: number): Promise<ReturnType<SeenSpans['all']>> {
  await expect.poll(() => spans.named(name)).toHaveLength(count);
  return spans.named(name);
}

describe('a delivery of one event', () => {
  it('has a span of its processing and one of its transaction, below the sidecar', async () => {
    const delivering = traceparentOf(1).replace('-bbbbbbbbbbbbbbb1-', '-cccccccccccccccc-');
    const body = JSON.stringify(paid('1', traceparentOf(1)));
    await running.post(eventRoute(Paid), body, undefined, { traceparent: delivering });
    const [commit] = await seen('commit', 1);
    const [processed] = await seen('process bill-paid', 1);
    expect(processed).toMatchObject({
      traceId: traceparentOf(1).split('-')[1],
      parentId: 'cccccccccccccccc',
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'bill-paid',
        'messaging.consumer.group.name': 'ledger',
        'messaging.message.id': '1',
        'event_platform.outcome': 'processed',
      },
      status: { code: SpanStatusCode.UNSET },
    });
    expect(commit).toMatchObject({
      traceId: processed!.traceId,
      parentId: processed!.spanId,
      attributes: { 'db.system.name': 'postgresql' },
    });
  });

  it('is below the span that sent it when the request is of another trace', async () => {
    const body = JSON.stringify(paid('1', traceparentOf(1)));
    await running.post(eventRoute(Paid), body, undefined, { traceparent: traceparentOf(2) });
    const [processed] = await seen('process bill-paid', 1);
    expect(processed!.parentId).toBe(traceparentOf(1).split('-')[2]);
  });

  it('tells that its effect was there before', async () => {
    await running.deliver(Paid, '1', { account: 'a', amount: 1 });
    await running.post(eventRoute(Paid), JSON.stringify(paid('1', traceparentOf(1))));
    const [processed] = await seen('process bill-paid', 1);
    expect(processed!.attributes['event_platform.outcome']).toBe('duplicate');
  });

  it('is marked as failed when it ends in the quarantine, whose transaction it has', async () => {
    const body = JSON.stringify(paid('1', traceparentOf(1), { then: 'overflow' }));
    expect((await running.post(eventRoute(Paid), body)).status).toBe(200);
    const [processed] = await seen('process bill-paid', 1);
    expect(processed!.status).toEqual({
      code: SpanStatusCode.ERROR,
      message: 'the event is in the quarantine',
    });
    await seen('commit', 1);
  });

  it('is marked as failed, without a transaction, when it must be redelivered', async () => {
    ledgerFaults.before = () => {
      throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    };
    const body = JSON.stringify(paid('1', traceparentOf(1)));
    expect((await running.post(eventRoute(Paid), body)).status).toBe(500);
    const [processed] = await seen('process bill-paid', 1);
    expect(processed).toMatchObject({
      attributes: { 'event_platform.outcome': 'failed', 'error.type': 'Error' },
      status: { code: SpanStatusCode.ERROR, message: 'SQLSTATE 40P01' },
    });
    expect(spans.named('commit')).toEqual([]);
  });

  it.each([undefined, traceparentOf(1, '00'), 'nonsense'])(
    'has no span with traceparent %s',
    async (traceparent) => {
      await running.post(eventRoute(Paid), JSON.stringify(paid('1', traceparent)));
      // One that has spans, so that those before it would be there.
      await running.post(eventRoute(Paid), JSON.stringify(paid('2', traceparentOf(2))));
      const [only] = await seen('process bill-paid', 1);
      expect(only!.attributes['messaging.message.id']).toBe('2');
      expect(await ledgerIds(database.pool)).toEqual(['1', '2']);
    },
  );
});

describe('a delivery of several events', () => {
  it('has spans of each that is sampled in its own trace, with the times of the one transaction', async () => {
    const events = [
      paid('1', traceparentOf(1)),
      paid('2', traceparentOf(2, '00')),
      paid('3', traceparentOf(3)),
      paid('4'),
    ];
    expect(await running.deliverMany(Paid, events)).toEqual(Array(4).fill('SUCCESS'));
    const processed = await seen('process bill-paid', 2);
    const commits = await seen('commit', 2);
    expect(processed.map(({ traceId }) => traceId).sort()).toEqual(
      [1, 3].map((number) => traceparentOf(number).split('-')[1]),
    );
    expect(processed[0]!.times).toEqual(processed[1]!.times);
    expect(commits[0]!.times).toEqual(commits[1]!.times);
    for (const { traceId, parentId } of commits) {
      expect(processed.find((span) => span.spanId === parentId)?.traceId).toBe(traceId);
    }
    expect(processed[0]!.attributes['messaging.batch.message_count']).toBe(4);
  });

  it('has the transaction of each part when one event fails', async () => {
    const events = [
      paid('1', traceparentOf(1)),
      paid('2', traceparentOf(2), { then: 'mistake' }),
      paid('3', traceparentOf(3)),
    ];
    expect(await running.deliverMany(Paid, events)).toEqual(Array(3).fill('SUCCESS'));
    const processed = await seen('process bill-paid', 3);
    const outcomes = processed.map(
      ({ attributes }) =>
        `${String(attributes['messaging.message.id'])} ${String(attributes['event_platform.outcome'])}`,
    );
    expect(outcomes.sort()).toEqual(['1 processed', '2 quarantined', '3 processed']);
    const commits = (await seen('commit', 3)).map(({ times }) => JSON.stringify(times));
    expect(new Set(commits).size).toBeGreaterThan(1);
  });
});

describe('a replay', () => {
  it('is in the trace that the event came with', async () => {
    const body = JSON.stringify(paid('1', traceparentOf(1), { then: 'mistake' }));
    await running.post(eventRoute(Paid), body);
    await seen('process bill-paid', 1);
    ledgerFaults.mended = true;
    await database.pool.query(`UPDATE quarantine SET status = 'replaying'`);
    expect(await running.replayer.round()).toBe(1);
    const [failed, replayed] = await seen('process bill-paid', 2);
    expect(replayed).toMatchObject({
      traceId: failed!.traceId,
      parentId: failed!.parentId,
      attributes: { 'event_platform.outcome': 'processed' },
    });
    const commits = await seen('commit', 2);
    expect(commits.some(({ parentId }) => parentId === replayed!.spanId)).toBe(true);
  });
});

describe('a dead letter', () => {
  it('tells its event and its transaction, and may be no event', async () => {
    const letters = new DeadLetterReceiver(
      ledgerKeys,
      database.pool,
      new RuntimeMetrics(),
      silentLogger,
    );
    const receive = async (message: string) => {
      const body = JSON.stringify({
        topic: 'bill-paid.ledger.dlq',
        data_base64: Buffer.from(message).toString('base64'),
      });
      return (await letters.single('/dead-letters/bill-paid.ledger.dlq', Buffer.from(body)))
        .traced!();
    };
    const event = paid('1', traceparentOf(1));
    const { topic, events } = await receive(JSON.stringify(event));
    expect(topic).toBe('bill-paid.ledger.dlq');
    expect(events).toHaveLength(1);
    expect(events[0]!.event).toEqual(event);
    expect(events[0]!.commit!.to).toBeGreaterThanOrEqual(events[0]!.commit!.from);
    expect((await receive('nothing')).events[0]!.event).toBeUndefined();
    // A replay of an invalid event does not fail at its trace either.
    await database.pool.query(`UPDATE quarantine SET status = 'replaying'`);
    expect(await running.replayer.round()).toBe(1);
    expect(await running.replayer.round()).toBe(1);
    expect(await running.replayer.round()).toBe(0);
    expect(spans.named('process bill-paid')).toMatchObject([
      { attributes: { 'messaging.message.id': '1', 'event_platform.outcome': 'processed' } },
    ]);
  });
});
