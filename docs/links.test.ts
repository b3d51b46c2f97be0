import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { DOCUMENTS, pagesIn, read } from './documents.ts';
import { anchorsOf, brokenLinks, localLinks } from './links.ts';

const PAGES = [
  ...DOCUMENTS,
  ...pagesIn('docs/runbooks'),
  ...['CHANGELOG.md', 'benchmarks/README.md', 'benchmarks/synth/README.md'],
];

it.each(PAGES)('%s has no broken link', (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

it('finds links that lead to no file, or to no heading', () => {
  const text = `# One \`two\` (three)

[a](#one-two-three) [b](#four) [c](guarantees.md#bounds) [d](guarantees.md#four) [e](../README.md)
[f](gone.md) [g](https://example.com/gone) ![h](images/gone.svg) [i](../scripts#bounds)

\`\`\`sh
# four
echo '[j](gone.md)'
\`\`\`
`;
  expect(anchorsOf(text)).toEqual(['one-two-three']);
  expect(brokenLinks('docs/README.md', text)).toEqual([
    '#four',
    'guarantees.md#four',
    'gone.md',
    'images/gone.svg',
    '../scripts#bounds',
  ]);
});

it('the index leads to every page', () => {
  const index = 'docs/README.md';
  const linked = new Set(
    localLinks(read(index)).map((link) => join(dirname(index), link.split('#')[0]!)),
  );
  const others = [...pagesIn('docs'), ...pagesIn('docs/api')].filter((page) => page !== index);
  expect(others.filter((page) => !linked.has(page))).toEqual([]);
});
