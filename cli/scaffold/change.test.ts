import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { applyChange, type Change } from './change.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'change-'));
  mkdirSync(join(folder, 'app/build'), { recursive: true });
  writeFileSync(join(folder, 'app/build/main.js'), 'built');
  writeFileSync(join(folder, 'chart.ts'), 'before');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Every file and folder, with the text of the chart. */
function state(): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return [...names.sort(), readFileSync(join(folder, 'chart.ts'), 'utf8')];
}

const CHANGE: Change = {
  created: new Map([['events/new/a.ts', 'a']]),
  edited: [{ path: 'chart.ts', original: 'before', text: 'after' }],
  removed: ['app'],
};

it('keeps a change that its check accepts', async () => {
  expect(await applyChange(folder, CHANGE, () => Promise.resolve(state()))).toContain('after');
  expect(state()).toEqual(['chart.ts', 'events', 'events/new', 'events/new/a.ts', 'after']);
});

it.each<[string, Partial<Change>, string]>([
  ['its check', {}, 'refused'],
  [
    'a file that is there already',
    {
      created: new Map([
        ['new/a.ts', ''],
        ['chart.ts', ''],
      ]),
    },
    'EEXIST',
  ],
  ['a folder that cannot be created', { created: new Map([['chart.ts/a.ts', '']]) }, 'EEXIST'],
  [
    'a file that has changed in between',
    { edited: [...CHANGE.edited, { path: 'chart.ts', original: 'before', text: '' }] },
    'chart.ts has changed in between',
  ],
  ['a folder that is gone', { removed: ['app', 'gone'] }, 'ENOENT'],
])('leaves everything as it was after %s', async (_, part, message) => {
  const before = state();
  const applied = applyChange(folder, { ...CHANGE, ...part }, () =>
    Promise.reject(new Error('refused')),
  );
  await expect(applied).rejects.toThrow(message);
  expect(state()).toEqual(before);
});
