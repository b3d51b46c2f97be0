import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DOCUMENTS, read, ROOT, withoutCodeBlocks } from './documents.ts';
import { type Proof, PROMISES } from './promises.ts';

const PROMISING = /\b(?:refuse[sd]?|held|kept|keeps|bounded|holds?(?: \S+){0,4} back)\b/i;
/** Whether a text promises something, whatever the names in it are. */
const promises = (text: string) => PROMISING.test(text.replaceAll(/`[^`]*`/g, ''));

/** A cell with the name of its row; a name that promises something goes with all of the row. */
function cellsOf(row: string): string[] {
  const [name, ...cells] = row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
  return [
    ...(promises(name!) ? [[name, ...cells].join(' | ')] : []),
    ...cells.filter(promises).map((cell) => `${name} | ${cell}`),
  ];
}

/** Sentences and cells of tables that promise something. Code is left out, and of links the addresses. */
function promisesIn(markdown: string): string[] {
  const found: string[] = [];
  let paragraph = '';
  const end = () => {
    found.push(...paragraph.split(/(?<=[.?!][)*"]*) +(?=[^a-z])/).filter(promises));
    paragraph = '';
  };
  const lines = withoutCodeBlocks(markdown)
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .split('\n');
  for (const line of lines) {
    if (/^(?:\||#| *(?:-|\d+\.) |$)/.test(line)) {
      end();
    }
    if (line.startsWith('|')) {
      found.push(...cellsOf(line));
    } else {
      paragraph = `${paragraph} ${line.replace(/^ *(?:#+|-|\d+\.) /, '').trim()}`.trim();
    }
  }
  end();
  return found;
}

/** Titles of tests, and of groups of tests. */
function titlesIn(source: string): string[] {
  const title = /^(?! *\/\/).*?(?:\b(?:it|describe)|\))\(\s*(['"`])(.*?)\1/gm;
  return [...source.matchAll(title)].map((match) => match[2]!);
}

/** What is wrong with a proof. */
function proofProblem(proof: Proof): string | undefined {
  const path = 'file' in proof ? proof.file : proof.run;
  if (!existsSync(join(ROOT, path))) {
    return `${path} is not there`;
  }
  if ('run' in proof) {
    const isThere = proof.says !== '' && read(path).includes(proof.says);
    return isThere ? undefined : `${path} does not say '${proof.says}'`;
  }
  const count = titlesIn(read(path)).filter((title) => title.includes(proof.test)).length;
  return count === 1 ? undefined : `${path} has ${count} titles with '${proof.test}', and not one`;
}

it('finds sentences and cells that promise something', () => {
  const text = `# What is kept

Nothing is said here. It is **refused
at once.** Of \`kept()\` and of a [page](kept.md), nothing. It holds
what comes back; e.g. a key.

- It is [held](page.md). It holds.
- Bounded, too
  1. refuses

\`\`\`sh
echo held
\`\`\`

| what | how long kept | where     |
| ---- | ------------- | --------- |
| logs | a day         | in a file |
| keys | refused       | bounded   |
| kept | an hour       |           |`;
  expect(promisesIn(text)).toEqual([
    'What is kept',
    'It is **refused at once.**',
    'It holds what comes back; e.g. a key.',
    'It is held.',
    'Bounded, too',
    'refuses',
    'what | how long kept',
    'keys | refused',
    'keys | bounded',
    'kept | an hour | ',
  ]);
});

it('finds titles of tests', () => {
  const source = `describe('a group', () => {
  it("it's one", () => expect(f('no title')).toBe('neither'));
  it.each([1, 2])('each %d', () => undefined);
  it.each<[string, number]>([
    ['not this', 1],
  ] as const)(
    \`of several lines\`,
    () => undefined,
  );
  it.skip('skipped', () => undefined); // text for the parser: a skipped test proves nothing
  // it('not run', () => undefined);
});`;
  expect(titlesIn(source)).toEqual(['a group', "it's one", 'each %d', 'of several lines']);
});

it('sees a proof that is not there', () => {
  const here = 'docs/promises.test.ts';
  const gone = ['sees', 'nothing'].join(' ');
  expect(proofProblem({ file: here, test: 'sees a proof that is not there' })).toBeUndefined();
  expect(proofProblem({ file: here, test: gone })).toContain('has 0 titles');
  expect(proofProblem({ file: here, test: 'finds ' })).toContain('has 2 titles');
  expect(proofProblem({ run: here, says: 'it says this' })).toBeUndefined();
  expect(proofProblem({ run: here, says: gone })).toContain('does not say');
  expect(proofProblem({ file: 'docs/gone.test.ts', test: gone })).toContain('is not there');
});

describe.each(DOCUMENTS)('%s', (document) => {
  const sentences = promisesIn(read(document));
  const listed = PROMISES.filter((each) => each.document === document);

  it('promises nothing without a test that shows it', () => {
    const bare = sentences.filter((text) => !listed.some(({ promise }) => text.includes(promise)));
    expect(
      bare.map(
        (text) =>
          `${document} promises, and docs/promises.ts does not have: '${text}'. Add the test that would fail if it were untrue, or say it without the promise`,
      ),
    ).toEqual([]);
  });

  it('has every promise that is listed, in one sentence', () => {
    const stale = listed.filter(
      ({ promise }) => sentences.filter((text) => text.includes(promise)).length !== 1,
    );
    expect(
      stale.map(
        ({ promise }) =>
          `no sentence of ${document}, or more than one, promises '${promise}': change it in docs/promises.ts, or remove it there`,
      ),
    ).toEqual([]);
  });
});

it('documents promise a lot, and no document is listed that is not there', () => {
  expect(DOCUMENTS.flatMap((document) => promisesIn(read(document))).length).toBeGreaterThan(50);
  expect(PROMISES.filter(({ document }) => !DOCUMENTS.includes(document))).toEqual([]);
});

it.each(PROMISES)('$document: $promise', ({ proof }) => {
  expect(proofProblem(proof)).toBeUndefined();
});
