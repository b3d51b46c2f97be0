import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { UsageError } from '../command-line.ts';
import { manifest } from '../../app-images/todo/gamification/manifest.ts';
import { appIn, ScratchConsumer } from './scratch.ts';
import { eventsIn } from './replay.ts';

const MODULE = join(import.meta.dirname, '../../app-images/todo/gamification/parts.ts');

function completed(id: string, data: object = {}) {
  return {
    ...{ specversion: '1.0', id, source: '/todo/api', type: 'com.todo.task.completed' },
    time: new Date().toISOString(),
    data: {
      ...{ task_id: 1, user_id: 'ada', title: 'Buy milk', duration_minutes: 5 },
      ...{ completed_at: new Date().toISOString(), ...data },
    },
  };
}

describe('a scratch consumer', () => {
  let scratch: ScratchConsumer;
  beforeAll(async () => {
    scratch = await ScratchConsumer.start({ manifest, module: MODULE, url: inject('postgresUrl') });
  });
  afterAll(() => scratch.stop());

  it('processes events as in a cluster, and says what became of them', async () => {
    const events = [
      ...[completed('a'), completed('a'), completed('b', { task_id: 2 })],
      completed('c', { task_id: 'three' }),
      ...[{ ...completed('d'), type: 'com.todo.other' }, 'no event', undefined],
    ];
    const deliveries = [];
    for (const event of events) {
      deliveries.push(await scratch.take(event));
    }
    expect(deliveries.map(({ outcome }) => outcome)).toEqual([
      ...['processed', 'duplicate', 'processed', 'quarantined', 'ignored', 'ignored', 'ignored'],
    ]);
    expect(deliveries[3]).toMatchObject({
      problem: expect.stringContaining('data/task_id must be integer') as string,
    });
    expect(scratch.outcomes).toEqual({ processed: 2, duplicate: 1, quarantined: 1, ignored: 3 });
  });
});

describe('the module of a scratch consumer', () => {
  it('exports one consumer, or parts with handlers', () => {
    const parts = { on: [] };
    expect(appIn({ parts, other: 7 }, manifest, 'parts.ts')).toEqual({ ...parts, manifest });
    expect(() => appIn({ routes: {} }, manifest, 'routes.ts')).toThrow(UsageError);
    expect(() => appIn({ a: { on: [] }, b: { on: [] } }, manifest, 'two.ts')).toThrow(
      "'two.ts' exports several",
    );
  });
});

describe('a file of events', () => {
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-events-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has an event in each line', () => {
    const file = join(folder, 'events.jsonl');
    writeFileSync(file, '{"topic":"t","event":{"id":"1"}}\n{"topic":"t","event":"text"}\n\n');
    expect(eventsIn(file)).toEqual([{ id: '1' }, 'text']);
    writeFileSync(file, '{"event":1}\nnot JSON\n');
    expect(() => eventsIn(file)).toThrow('line 2');
  });
});
