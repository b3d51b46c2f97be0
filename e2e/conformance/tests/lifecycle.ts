import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { DIFFERENT } from '../differences.ts';
import { all } from '../scripted-app.ts';
import type { ConformanceTest } from '../suite.ts';

const IDS = ['a', 'b', 'c', 'd'];

/** How often each of these events was delivered. */
function counts(t: Context, ids: readonly string[]): number[] {
  return ids.map((id) => t.app.of(id).length);
}

async function publish(t: Context, ids: readonly string[]): Promise<void> {
  await t.events(...ids.map((id) => ({ id, key: 'k' })));
}

/** Apps and sidecars that end and begin. */
export const LIFECYCLE: readonly ConformanceTest[] = [
  {
    name: 'delivers nothing to an app that is not healthy, and everything when it is',
    run: async (t) => {
      t.app.healthy = false;
      await t.start();
      await publish(t, IDS);
      await sleep(2_500);
      assert.deepEqual(t.app.ids, []);
      t.app.healthy = true;
      await t.app.received(IDS);
      assert.deepEqual(t.app.ids, IDS);
    },
  },
  {
    name: 'stops when an app becomes unhealthy, and goes on where it was',
    app: { single: true },
    run: async (t) => {
      await t.start();
      await publish(t, ['before']);
      await t.app.received(['before']);
      t.app.healthy = false;
      // Two probes, a second apart, and time to end.
      await sleep(4_000);
      await publish(t, IDS);
      await sleep(1_500);
      assert.deepEqual(t.app.ids, ['before']);
      t.app.healthy = true;
      await t.app.received(IDS);
      assert.deepEqual(t.app.ids, ['before', ...IDS]);
    },
  },
  {
    name: 'an app that becomes unhealthy while an event is tried again gets it later, not the dead letters',
    // Ten seconds of tries, which two failed probes come before.
    app: { maxRetries: 6 },
    run: async (t) => {
      t.app.script = () => {
        t.app.healthy = false;
        return { status: 503 };
      };
      await t.start();
      await publish(t, ['held']);
      await t.app.received(['held']);
      await sleep(6_000);
      t.app.script = all('SUCCESS');
      const failed = t.app.of('held').length;
      t.app.healthy = true;
      await t.app.counted(failed + 1);
      await t.deadLetters(0);
    },
  },
  {
    name: 'an app that is started again gets what it has not answered',
    app: { maxRetries: 3 },
    run: async (t) => {
      t.app.script = () => 'never';
      await t.start();
      await publish(t, IDS);
      await t.app.received(['a']);
      const before = t.app.ids.length;
      await t.app.stop();
      t.app.script = all('SUCCESS');
      await sleep(300);
      await t.app.listen();
      await t.app.counted(before + IDS.length, 20);
      assert.deepEqual(t.app.ids.slice(before), IDS);
      await t.deadLetters(0);
    },
  },
  {
    name: 'at the end of the sidecar, an event in flight is answered and not delivered again',
    app: { single: true },
    run: async (t) => {
      const release = t.app.hold();
      await t.start();
      await publish(t, ['in-flight', 'behind']);
      await t.app.received(['in-flight']);
      const stopped = t.sidecar.stop();
      await sleep(500);
      release();
      await stopped;
      await t.start();
      await t.app.received(['behind']);
      await sleep(500);
      assert.deepEqual(counts(t, ['in-flight', 'behind']), [1, 1]);
    },
  },
  {
    name: DIFFERENT.bulkAtEnd,
    run: async (t) => {
      const release = t.app.hold();
      await publish(t, IDS);
      await t.start();
      await t.app.received(['a']);
      const stopped = t.sidecar.stop();
      await publish(t, ['behind']);
      await sleep(500);
      release();
      await stopped;
      await t.start();
      await t.app.received([...IDS, 'behind']);
      await t.deadLetters(0);
      // daprd has cut the delivery, and repeats it.
      const [times] = counts(t, ['a']);
      assert.equal(times, t.subject === 'daprd' ? 2 : 1);
    },
  },
  {
    name: 'at the end of the sidecar, an event that waits for its next try is delivered later, not to the dead letters',
    app: { maxRetries: 6 },
    run: async (t) => {
      t.app.script = () => ({ status: 500 });
      await t.start();
      await publish(t, ['waiting']);
      await t.app.counted(3);
      await t.sidecar.stop();
      const tries = t.app.of('waiting').length;
      t.app.script = all('SUCCESS');
      await t.start();
      await t.app.counted(tries + 1);
      await sleep(500);
      assert.equal(t.app.of('waiting').length, tries + 1);
      await t.deadLetters(0);
    },
  },
  {
    name: 'ends at the request of its app, and goes on where it was when it runs again',
    run: async (t) => {
      await t.start();
      await publish(t, ['before']);
      await t.app.received(['before']);
      const { status } = await t.request('app', { path: '/v1.0/shutdown' });
      assert.equal(status, 204);
      await publish(t, ['behind']);
      await t.app.received(['behind'], 30);
      assert.deepEqual(counts(t, ['before', 'behind']), [1, 1]);
    },
  },
  ...[true, false].map((single): ConformanceTest => ({
    name: single ? DIFFERENT.afterKill.replace('bulk', 'single') : DIFFERENT.afterKill,
    app: { single },
    run: async (t) => {
      t.app.script = ({ ids }) =>
        ids.includes('held') ? 'never' : all('SUCCESS')(t.app.deliveries.at(-1)!);
      await t.start();
      await publish(t, ['answered']);
      await t.app.received(['answered']);
      // Kafka's component notes once a second what was processed.
      await sleep(1_500);
      await publish(t, ['held', 'behind']);
      await t.app.received(['held']);
      await t.sidecar.kill();
      const killed = performance.now();
      const before = t.app.ids.length;
      t.app.script = all('SUCCESS');
      await t.start();
      await t.app.counted(before + 2, 40);
      // Kafka waits for the member of the group that was killed.
      const seconds = (performance.now() - killed) / 1000;
      assert.equal(seconds > 5, t.subject === 'daprd', `after ${seconds.toFixed(1)} s`);
      const [answered, held, behind] = counts(t, ['answered', 'held', 'behind']);
      assert.equal(answered, 1);
      assert.ok(held! >= 2 && behind! >= 1);
      await t.deadLetters(0);
    },
  })),
];
