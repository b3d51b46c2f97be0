import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { requests } from '@cdk8s-event-platform/runtime';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { inTransaction } from '../database/database.ts';
import { EventPublisher } from '../outbox/event-publisher.ts';
import { inAppScope } from '../process/app-scope.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { testSealing } from '../testing/test-sealing.ts';
import { recordReplies } from './record-replies.ts';
import { RequestSender } from './request-sender.ts';
import { asking, BODY, Probe, probe, probing } from './testing/probes.ts';
import { forgetRequests } from './request-store.ts';

let database: TestDatabase;
/** Two pods of the app that asks. */
let pods: TestApp[];
let prober: TestApp;
beforeAll(async () => {
  database = await createDatabase([asking, probing], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query(
    'TRUNCATE sent_requests, outbox, processed_events, quarantine, idempotency_keys, probes',
  );
  const gateway = () =>
    new TestApp(
      {
        manifest: asking,
        routes: (api) => {
          api.post('/probes', { body: BODY, transaction: 'first-query' }, (_tx, request) =>
            requests.send(Probe, request.body, { cause: request, timeout: { seconds: 20 } }),
          );
          api.post('/hasty-probes', { body: BODY, transaction: 'first-query' }, (_tx, request) =>
            requests.send(Probe, request.body, { cause: request, timeout: { seconds: 0.05 } }),
          );
          api.post('/forgotten-probes', { body: BODY }, (tx, request) =>
            tx.publish(Probe, request.body),
          );
          api.post('/urgent-probes', { body: BODY, transaction: 'first-query' }, (_tx, request) =>
            requests.send(Probe.priorities.urgent, request.body, { cause: request }),
          );
        },
      },
      database,
    );
  pods = [gateway(), gateway()];
  prober = new TestApp(
    {
      manifest: probing,
      on: [probe],
    },
    database,
  );
});

const ask = (pod: TestApp, url: string, key?: string, path = '/probes') =>
  pod.request('POST', path, {
    body: { url },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
const sentRows = async () => {
  const { rows } = await database.pool.query<{ id: string; replied: boolean; late: boolean }>(
    'SELECT id, replied_at IS NOT NULL AS replied, replied_at > answer_by AS late FROM sent_requests ORDER BY sent_at',
  );
  return rows;
};

/** Brings commands from outboxes to the prober, and its answers to a pod of the app that has asked. */
async function carry(toPod: TestApp | undefined, times = 1): Promise<void> {
  for (const command of await pods[0]!.published(Probe)) {
    for (let time = 0; time < times; time++) {
      await prober.deliver(Probe, command.data, command);
    }
  }
  for (const reply of await prober.published(Probe.reply)) {
    await toPod?.deliver(Probe.reply, reply.data, reply);
  }
}

/** Waits until the command of a request is in the outbox. */
async function untilSent(count = 1): Promise<void> {
  while ((await sentRows()).length < count) {
    await sleep(5);
  }
}

describe('requests.send', () => {
  it.each([0, 1])(
    'answers the pod that has asked when pod %i receives the answer',
    async (index) => {
      const asked = ask(pods[0]!, 'https://a.example');
      await untilSent();
      await carry(pods[index]);
      expect(await asked).toMatchObject({ status: 200, body: { healthy: true } });
    },
  );

  it('gives a repeated request the same answer, on another pod too, and sends nothing again', async () => {
    const asked = ask(pods[0]!, 'https://a.example', 'k-1');
    await untilSent();
    await carry(pods[0], 3);
    expect(await asked).toMatchObject({ status: 200, body: { healthy: true } });
    expect(await ask(pods[1]!, 'https://a.example', 'k-1')).toMatchObject({
      status: 200,
      body: { healthy: true },
    });
    expect(await pods[0]!.published(Probe)).toHaveLength(1);
    expect(await prober.published(Probe.reply)).toHaveLength(1);
    const { rows } = await database.pool.query('SELECT url FROM probes');
    expect(rows).toEqual([{ url: 'https://a.example' }]);
  });

  it('answers two requests that wait for the same', async () => {
    const asked = [ask(pods[0]!, 'a', 'k-1'), ask(pods[0]!, 'a', 'k-1'), ask(pods[1]!, 'a', 'k-1')];
    await untilSent();
    await carry(pods[1]);
    const answers = await Promise.all(asked);
    expect(answers.map(({ body }) => body)).toEqual(Array(3).fill({ healthy: false }));
  });

  it('answers 504 when nobody answers in time, and later with the answer', async () => {
    const late = await ask(pods[0]!, 'https://a.example', 'k-1', '/hasty-probes');
    expect(late).toMatchObject({
      status: 504,
      headers: { 'retry-after': '1' },
      body: { detail: expect.stringContaining('repeat the request') as string },
    });
    await carry(pods[1]);
    expect(await sentRows()).toMatchObject([{ replied: true, late: true }]);
    expect(await ask(pods[0]!, 'https://a.example', 'k-1')).toMatchObject({
      status: 200,
      body: { healthy: true },
    });
    // It came late all the same.
    expect(await sentRows()).toMatchObject([{ replied: true, late: true }]);
  });

  it('answers 422 when an id was used for another command', async () => {
    pods[0]!.answer(Probe, () => ({ healthy: true }));
    expect(await ask(pods[0]!, 'a', 'k-1')).toMatchObject({ status: 200 });
    expect(await ask(pods[0]!, 'b', 'k-1')).toMatchObject({ status: 422 });
    expect(await pods[0]!.published(Probe)).toHaveLength(1);
  });

  it('sends urgent commands on their own topic', async () => {
    pods[0]!.answer(Probe.priorities.urgent, ({ url }) => ({ healthy: url === 'a' }));
    expect(await ask(pods[0]!, 'a', undefined, '/urgent-probes')).toMatchObject({
      body: { healthy: true },
    });
    expect(await pods[0]!.published(Probe)).toEqual([]);
    expect(await pods[0]!.published(Probe.priorities.urgent)).toHaveLength(1);
  });

  it('asks for no answer where the command is published alone', async () => {
    await ask(pods[0]!, 'a', undefined, '/forgotten-probes');
    expect((await pods[0]!.published(Probe)).map(({ replyto }) => replyto)).toEqual([undefined]);
    await carry(pods[0]);
    expect(await prober.published(Probe.reply)).toEqual([]);
  });

  it('refuses data that the handler could not read, and keeps nothing of it', async () => {
    const { status, body } = await ask(pods[0]!, 'x'.repeat(101));
    expect([status, JSON.stringify(body)]).toEqual([
      400,
      expect.stringContaining('100 characters'),
    ]);
    expect(await sentRows()).toEqual([]);
  });

  it('is refused outside of an app', async () => {
    await expect(requests.send(Probe, { url: 'a' })).rejects.toThrow("has no 'requests'");
  });

  it('forgets what was asked a week ago, and its answer is refused then', async () => {
    await ask(pods[0]!, 'a', 'k-1', '/hasty-probes');
    await database.pool.query("UPDATE sent_requests SET sent_at = sent_at - interval '8 days'");
    await forgetRequests(database.pool, 'gateway');
    expect(await sentRows()).toEqual([]);
    await carry(undefined);
    const [reply] = await prober.published(Probe.reply);
    expect(await pods[0]!.deliver(Probe.reply, reply!.data, reply)).toMatchObject({
      outcome: 'quarantined',
      problem: expect.stringContaining('or has forgotten it') as string,
    });
  });

  it('counts what is answered, and what comes late, by the type of the command', async () => {
    const metrics = new RuntimeMetrics();
    const publisher = new EventPublisher(asking, testSealing(asking));
    const sender = new RequestSender({
      ...{ manifest: asking, pool: database.poolOf('gateway'), publisher, metrics },
      committed: () => undefined,
    });
    const scope = {
      metrics,
      now: Date.now,
      pause: 0,
      send: () => Promise.reject(new Error('none')),
    };
    const { urgent } = Probe.priorities;
    await expect(sender.send(urgent, { url: 'a' }, { timeout: { seconds: 0.05 } })).rejects.toThrow(
      'no answer to',
    );
    const id = (await sentRows())[0]!.id;
    const handler = recordReplies('gateway', Probe);
    const event = { data: { request_id: id, reply_to: 'gateway', reply: { healthy: true } } };
    await inAppScope(scope, () =>
      inTransaction(database.poolOf('gateway'), (tx) =>
        handler.handle(tx as never, [event as never]),
      ),
    );
    expect(await sender.send(urgent, { url: 'a' }, { id })).toEqual({ healthy: true });
    const text = await metrics.text();
    const counts = [
      ...text.matchAll(/^(command_\w+)\{type="([^"]+)"(?:,result="(\w+)")?\} (\d+)/gm),
    ];
    expect(counts.map(([, ...found]) => found)).toEqual([
      ['command_requests_total', Probe.type, 'answered', '1'],
      ['command_requests_total', Probe.type, 'timed_out', '1'],
      ['command_late_replies_total', Probe.type, undefined, '1'],
    ]);
  });
});

describe('an answer', () => {
  const reply = { request_id: 'r-1', reply_to: 'gateway', reply: { healthy: true } };

  it('that nobody has asked for goes to the quarantine', async () => {
    expect(await pods[0]!.deliver(Probe.reply, reply)).toMatchObject({
      outcome: 'quarantined',
      problem: expect.stringContaining('gateway has sent no command with the id') as string,
    });
  });

  it('to another app is left alone', async () => {
    expect(await pods[0]!.deliver(Probe.reply, { ...reply, reply_to: 'other' })).toEqual({
      outcome: 'processed',
    });
  });

  it('does not replace the first one', async () => {
    await ask(pods[0]!, 'a', 'k-1', '/hasty-probes');
    const id = (await sentRows())[0]!.id;
    const answerWith = (healthy: boolean) =>
      pods[0]!.deliver(Probe.reply, { ...reply, request_id: id, reply: { healthy } });
    expect(await answerWith(true)).toEqual({ outcome: 'processed' });
    expect(await answerWith(false)).toEqual({ outcome: 'processed' });
    expect(await ask(pods[1]!, 'a', 'k-1')).toMatchObject({ body: { healthy: true } });
  });

  it('that is unknown does not hold back others of its delivery', async () => {
    await ask(pods[0]!, 'a', 'k-1', '/hasty-probes');
    const id = (await sentRows())[0]!.id;
    const deliveries = await pods[0]!.deliverAll(Probe.reply, [
      { data: reply },
      { data: { ...reply, request_id: id } },
    ]);
    expect(deliveries.map(({ outcome }) => outcome)).toEqual(['quarantined', 'processed']);
  });
});
