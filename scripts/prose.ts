/**
 * `npm run check:prose`: finds phrases of `prose-rules.ts` in documents, comments and texts.
 *
 * A script of its own, since textlint brings 160 packages, and reads comments of TypeScript only by a plugin.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROSE_RULES, type ProseRule } from './prose-rules.ts';

const ROOT = join(import.meta.dirname, '..');

/** Generated files, and those that name the phrases. */
const IGNORED = /^(?:dist|docs\/api|constructs\/imports)\/|^scripts\/prose.*\.ts$/;

/** Whitespace, with the start of the next line of a comment, a list or a quotation. */
const SPACE = '\\s+(?:(?:\\*|\\/\\/|>)\\s+)?';

function expression({ phrase }: ProseRule): RegExp {
  return new RegExp(`(?<![\\w-])(?:${phrase.replaceAll(' ', SPACE)})(?![\\w-])`, 'gi');
}

const EXPRESSIONS = PROSE_RULES.map((rule) => ({ ...rule, pattern: expression(rule) }));

/** Phrases that a text should not have: line, phrase and what to write instead. */
export function proseProblems(text: string): string[] {
  return EXPRESSIONS.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map((match) => {
      const line = text.slice(0, match.index).split('\n').length;
      return { line, phrase: match[0].replaceAll(new RegExp(SPACE, 'g'), ' '), instead };
    }),
  )
    .toSorted((one, other) => one.line - other.line)
    .map(({ line, phrase, instead }) => `${line}: '${phrase}': write ${instead}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { stdout } = spawnSync('git', ['ls-files', '*.md', '*.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const files = stdout.split('\n').filter((path) => path !== '' && !IGNORED.test(path));
  const problems = files.flatMap((path) =>
    proseProblems(readFileSync(join(ROOT, path), 'utf8')).map((problem) => `${path}:${problem}`),
  );
  problems.forEach((problem) => console.error(problem));
  console.log(`check:prose: ${files.length} files, ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
