import { describe, expect, it, vi } from 'vitest';
import { startPollingLoop } from '../process/polling-loop.ts';
import { stopLoops } from '../process/shutdown.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { data, Measured, SendingApp } from './testing/sending-app.ts';

const app = SendingApp.forTests();

describe('batched', () => {
  it('sends as many as fit into a request, in the order of each key', async () => {
    const { send } = app.sender({
      mode: 'synchronous',
      batch: { maxEvents: 3, linger: { seconds: 5 } },
    });
    await Promise.all([0, 1, 2, 3, 4, 5].map((n) => send(data(n, `k${n}`))));
    expect(app.numbers).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    app.requests = [];
    await Promise.all([0, 1, 2].map((n) => send(data(n))));
    expect(app.numbers).toEqual([[0], [1], [2]]);
  });

  it('sends fewer when the time is over', async () => {
    const { send } = app.sender({ mode: 'synchronous', batch: { linger: { seconds: 0.05 } } });
    await Promise.all([send(data(1, 'a')), send(data(2, 'b'))]);
    expect(app.numbers).toEqual([[1, 2]]);
  });

  it('tells those alone whose events were not confirmed', async () => {
    app.answers = [207];
    const { send } = app.sender({ mode: 'synchronous', batch: {} });
    const results = await Promise.allSettled([send(data(1, 'a')), send(data(2, 'b'))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await app.published()).toBe(1);
  });

  it('divides what is refused for its content', async () => {
    app.answers = [413, 413];
    const { send } = app.sender({ mode: 'synchronous', batch: {} });
    const results = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((key, n) => send(data(n, key))),
    );
    expect(results.map(({ status }) => status)).toEqual(
      Array.from({ length: 4 }, () => 'fulfilled'),
    );
    expect(app.numbers).toEqual([[0, 1, 2, 3], [0, 1], [0], [1], [2, 3]]);
  });
});

describe('the timeout', () => {
  it('counts from send, also for what waits behind its key', async () => {
    const release = app.hold();
    const options = { mode: 'synchronous', timeout: { seconds: 1 }, batch: {} } as const;
    const { send } = app.sender(options);
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => send(data(n))));
    expect(results.map(({ status }) => status)).toEqual(
      Array.from({ length: 5 }, () => 'rejected'),
    );
    release();
    await app.senders.flush();
    // The others were given up with the first, so they were never sent.
    expect(app.numbers).toEqual([[1]]);
  });

  it('is that of each event, where a request has several', async () => {
    const release = app.hold();
    const options = { mode: 'synchronous', timeout: { seconds: 1 } } as const;
    const { send } = app.sender({ ...options, batch: { linger: { seconds: 0.5 } } });
    const first = send(data(1, 'a'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = send(data(2, 'b'));
    await expect(first).rejects.toThrow('the broker has not confirmed it in 1000 ms');
    release();
    await second;
    expect(app.numbers).toEqual([[1, 2]]);
  });
});

describe('fire and forget', () => {
  it('waits for nothing, and sends what waits together', async () => {
    const release = app.hold();
    const { send } = app.sender({ mode: 'fire-and-forget' });
    await send(data(1, 'a'));
    await vi.waitFor(() => expect(app.numbers).toEqual([[1]]));
    await Promise.all([send(data(2, 'a')), send(data(3, 'b'))]);
    expect(await app.published()).toBeNaN();
    release();
    expect(await app.senders.flush()).toBe(3);
    expect(app.numbers).toEqual([[1], [2, 3]]);
    expect(await app.published()).toBe(3);
  });

  it('drops and counts what does not fit into the buffer', async () => {
    const { send } = app.sender({ mode: 'fire-and-forget', maxWaiting: 3 });
    await Promise.all([1, 2, 3, 4, 5].map((n) => send(data(n, `k${n}`))));
    await app.senders.stop();
    expect(app.numbers).toEqual([[1, 2, 3]]);
    expect([await app.published(), await app.dropped('buffer_full')]).toEqual([3, 2]);
    expect(app.warned).toMatchObject([
      { type: Measured.type, events: 1, reason: 'buffer_full' },
      { type: Measured.type, events: 1, reason: 'buffer_full' },
    ]);
  });

  it('drops and counts what is not confirmed, and what does not match', async () => {
    app.answers = [500, 0];
    const { send } = app.sender({ mode: 'fire-and-forget' });
    await send(data(1));
    await app.senders.flush();
    await send(data(2));
    await send({ key: 'k' } as never);
    await app.senders.stop();
    expect(app.numbers).toEqual([[1], [2]]);
    expect([await app.dropped('not_confirmed'), await app.dropped('invalid')]).toEqual([2, 1]);
    expect(await app.published()).toBeNaN();
  });

  it('drops and counts what is sent while the sidecar is down', async () => {
    app.use(1);
    await app.sender({ mode: 'fire-and-forget' }).send(data(1));
    await app.senders.flush();
    expect(await app.dropped('not_confirmed')).toBe(1);
  });

  it('says with zeros what it counts', async () => {
    const reasons = ['buffer_full', 'not_confirmed', 'invalid', 'shutdown'];
    expect(await Promise.all(reasons.map((reason) => app.dropped(reason)))).toEqual([0, 0, 0, 0]);
  });
});

describe('when the app stops', () => {
  it('what waits is sent', async () => {
    const { send } = app.sender({ mode: 'fire-and-forget', batch: { linger: { seconds: 9 } } });
    await send(data(1));
    await app.senders.stop();
    expect(app.numbers).toEqual([[1]]);
    expect(await app.published()).toBe(1);
  });

  it('what is not confirmed in time is dropped and counted, or told to who waits', async () => {
    app.hold();
    await app.sender({ mode: 'fire-and-forget' }).send(data(1));
    const waited = app.sender({ mode: 'idempotent' }).send(data(2));
    const told = expect(waited).rejects.toThrow('the app stops, and has no confirmation');
    await app.senders.stop(50);
    await told;
    expect(await app.dropped('shutdown')).toBe(1);
    expect(app.warned).toMatchObject([{ events: 1, reason: 'shutdown' }]);
  });

  it('what waits behind its key is not sent once it was given up', async () => {
    const release = app.hold();
    const { send } = app.sender({ mode: 'fire-and-forget' });
    await Promise.all([1, 2, 3].map((n) => send(data(n))));
    await vi.waitFor(() => expect(app.numbers).toEqual([[1]]));
    await app.senders.stop(20);
    release();
    await app.senders.flush();
    expect(app.numbers).toEqual([[1]]);
    expect(await app.dropped('shutdown')).toBe(3);
  });

  it('what a background task sends at its end is sent', async () => {
    const { send } = app.sender({ mode: 'synchronous' });
    const { promise: running, resolve: started } = Promise.withResolvers<undefined>();
    const { promise: stopping, resolve: stop } = Promise.withResolvers<undefined>();
    const task = startPollingLoop({
      ...{ name: 'task', minDelay: 1, maxDelay: 1, log: silentLogger },
      poll: async () => {
        started(undefined);
        await stopping;
        await send(data(1));
        return 0;
      },
    });
    await running;
    const stopped = stopLoops([task], app.senders);
    stop(undefined);
    await stopped;
    expect(await app.published()).toBe(1);
  });

  it('what comes later is dropped', async () => {
    await app.senders.stop();
    await app.sender({ mode: 'fire-and-forget' }).send(data(1));
    await expect(app.sender({ mode: 'synchronous' }).send(data(2))).rejects.toThrow(
      'the app stops',
    );
    expect(app.requests).toEqual([]);
    expect(await app.dropped('shutdown')).toBe(1);
  });
});
