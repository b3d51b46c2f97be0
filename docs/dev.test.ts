import { expect, it } from 'vitest';
import { DIFFERENCES } from '../e2e/conformance/differences.ts';
import { TESTS } from '../e2e/conformance/tests/index.ts';
import { read } from './documents.ts';

/** Cells of the rows of a page's last table. */
function rows(page: string): string[][] {
  const table = page.slice(page.lastIndexOf('\n\n| ')).trim().split('\n').slice(2);
  return table.map((row) =>
    row.split(' | ').map((cell) => cell.replace(/^\| | *\|?$/g, '').trim()),
  );
}

it('the page about one machine lists how the sidecar differs from daprd', () => {
  const listed = DIFFERENCES.map(({ what, inProcess, daprd, reason, test }) => [
    ...[what, inProcess, daprd, reason, test === undefined ? '' : 'yes'],
  ]);
  expect(rows(read('docs/dev.md'))).toEqual(listed);
});

it('a difference names a test that there is', () => {
  const names = TESTS.map(({ name }) => name);
  const unknown = DIFFERENCES.filter(({ test }) => test !== undefined && !names.includes(test));
  expect(unknown).toEqual([]);
});
