import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { defineApp } from '@cdk8s-event-platform/contracts';
import { each, requests } from '@cdk8s-event-platform/runtime';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { asking, BODY, Probe, probe, Probed, probing } from './testing/probes.ts';

let database: TestDatabase;
let prober: TestApp;
beforeAll(async () => {
  database = await createDatabase([asking, probing], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE outbox, processed_events, quarantine, probes');
  prober = new TestApp({ manifest: probing, on: [probe] }, database);
});

describe('handles', () => {
  const command = { url: 'https://a.example' };

  it('answers nobody who has not asked', async () => {
    expect(await prober.deliver(Probe, command)).toEqual({ outcome: 'processed' });
    expect(await prober.published(Probe.reply)).toEqual([]);
    expect(await prober.published(Probed)).toHaveLength(1);
  });

  it('commits the answer with the effect, once', async () => {
    const attributes = { id: 'c-1', replyto: 'gateway' };
    expect(await prober.deliver(Probe, command, attributes)).toEqual({ outcome: 'processed' });
    expect(await prober.deliver(Probe, command, attributes)).toEqual({ outcome: 'duplicate' });
    expect(await prober.published(Probe.reply)).toMatchObject([
      { data: { request_id: 'c-1', reply_to: 'gateway', reply: { healthy: true } } },
    ]);
  });

  it('handles the commands of each priority', async () => {
    const { urgent } = Probe.priorities;
    expect(await prober.deliver(urgent, command, { replyto: 'gateway' })).toEqual({
      outcome: 'processed',
    });
    expect(await prober.published(Probe.reply)).toHaveLength(1);
  });

  it('does not answer where it fails', async () => {
    expect(await prober.deliver(Probe, { url: 'broken' }, { replyto: 'gateway' })).toMatchObject({
      outcome: 'quarantined',
    });
    expect(await prober.published(Probe.reply)).toEqual([]);
  });

  it.each([
    [{ replyto: 7 as never }, 'replyto must be the id of an app'],
    [{ replyto: '' }, 'replyto must be the id of an app'],
    [{ replyto: 'gateway', id: 'x'.repeat(129) }, 'at most 128 characters'],
  ])('quarantines a command with %j', async (attributes, problem) => {
    const { outcome, problem: found } = await prober.deliver(Probe, command, attributes);
    expect([outcome, found]).toEqual(['quarantined', expect.stringContaining(problem)]);
    const { rows } = await database.pool.query('SELECT url FROM probes');
    expect(rows).toEqual([]);
  });
});

describe('an app that handles answers itself', () => {
  const Answers = defineApp({
    ...{ appId: 'saga', description: 'Goes on with answers.', port: 8080, serves: true },
    publishes: [Probe],
    subscribes: [Probe.reply],
  });

  it('is answered for each command that it publishes', async () => {
    const own = await createDatabase([Answers], { url: inject('postgresUrl') });
    try {
      const seen: unknown[] = [];
      const app = new TestApp(
        {
          manifest: Answers,
          on: [
            each(Probe.reply, (_tx, { data }) => {
              seen.push(data.reply);
              return Promise.resolve();
            }),
          ],
          routes: (api) => api.post('/', { body: BODY }, (tx, { body }) => tx.publish(Probe, body)),
        },
        own,
      );
      await app.request('POST', '/', { body: { url: 'a' } });
      const [command] = await app.published(Probe);
      expect(command!.replyto).toBe('saga');
      await app.deliver(Probe.reply, {
        ...{ request_id: command!.id, reply_to: 'saga', reply: { healthy: true } },
      });
      expect(seen).toEqual([{ healthy: true }]);
    } finally {
      await own.drop();
    }
  });
});

describe('an app with commands', () => {
  it('needs no handler of its own for the answers that it waits for', () => {
    expect(() => new TestApp({ manifest: asking, on: [] }, database)).not.toThrow();
    expect(
      () =>
        new TestApp(
          { manifest: asking, on: [each(Probe.reply, () => Promise.resolve())] },
          database,
        ),
    ).toThrow('two handlers for one type');
  });

  it('needs a handler of each command that it handles', () => {
    expect(() => new TestApp({ manifest: probing, on: [] }, database)).toThrow(
      'no handler for com.example.route.probe@1, com.example.route.probe.urgent@1',
    );
  });

  it('sends only commands of its manifest', async () => {
    const app = new TestApp(
      {
        manifest: defineApp({ ...asking, appId: 'gateway' }),
        routes: (api) =>
          api.get('/', {}, () => requests.send(Probed as never, { key: 'a' } as never)),
      },
      database,
    );
    expect(await app.request('GET', '/')).toMatchObject({ status: 500 });
  });
});
