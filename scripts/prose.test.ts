import { describe, expect, it } from 'vitest';
import { PROSE_RULES } from './prose-rules.ts';
import { proseProblems } from './prose.ts';

describe('the prose linter', () => {
  it('names line, phrase and what to write instead', () => {
    expect(proseProblems('The broker is up.\nThe broker is away.')).toEqual([
      "2: 'is away': write is down, or is unavailable",
    ]);
  });

  it.each([
    ['a paragraph', 'The broker is\naway.'],
    ['a comment', '/**\n * The broker is\n * away.\n */'],
    ['a line comment', '// The broker is\n  // away.'],
    ['a quotation', '> The broker is\n> away.'],
  ])('finds a phrase that %s breaks', (_, text) => {
    expect(proseProblems(text)).toHaveLength(1);
  });

  it.each(['The broker is Away', 'IS AWAY'])('ignores case: %s', (text) => {
    expect(proseProblems(text)).toHaveLength(1);
  });

  it.each(['renewal', 'this awaits', 'remade upon', 'It passes by'])('accepts %s', (text) => {
    expect(proseProblems(text)).toEqual([]);
  });

  it.each(PROSE_RULES)('suggests for "$phrase" what it accepts itself', ({ instead }) => {
    expect(proseProblems(instead)).toEqual([]);
  });
});
