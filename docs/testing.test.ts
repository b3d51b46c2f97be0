import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const EXAMPLES = join(import.meta.dirname, 'examples', 'testing');

it('the page about tests shows examples that are compiled and run', () => {
  const page = readFileSync(join(import.meta.dirname, 'testing.md'), 'utf8');
  const shown = [...page.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code);
  const examples = ['chart.test.ts', 'app.test.ts', 'warehouse.test.ts', 'postgres.ts'];
  expect(shown).toEqual(examples.map((name) => readFileSync(join(EXAMPLES, name), 'utf8')));
});
