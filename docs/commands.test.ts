import { expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { DOCUMENTS, read } from './documents.ts';

const scripts = Object.keys(packageJson.scripts);

/** Scripts that a text runs, by `npm run NAME` and `npm test`. */
function scriptsIn(text: string): string[] {
  const calls = text.matchAll(/npm (?:run (?:--silent )?([a-z0-9:-]+)|test\b)/g);
  return [...calls].map(([, name]) => name ?? 'test');
}

it.each(DOCUMENTS)('%s names no npm script that does not exist', (document) => {
  expect(scriptsIn(read(document)).filter((name) => !scripts.includes(name))).toEqual([]);
});

it('every npm script is described', () => {
  const page = read('docs/commands.md');
  const described = new Set([
    ...scriptsIn(page),
    ...[...page.matchAll(/`(check:[a-z]+)`/g)].map(([, name]) => name!),
  ]);
  expect(scripts.filter((name) => !described.has(name))).toEqual([]);
});

it('says what .ci/run runs', () => {
  const [, section] = read('docs/commands.md').split('\n## Everything at once\n');
  const named = [...section!.matchAll(/`([a-z0-9:]+)`/g)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(scriptsIn(read('.ci/run'))));
});
