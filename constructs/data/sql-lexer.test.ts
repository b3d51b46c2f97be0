import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lexSql } from './sql-lexer.ts';

/** Statements as the texts of their tokens. */
const texts = (sql: string) =>
  lexSql(sql).statements.map((statement) => statement.map(({ text }) => text).join(' '));

describe('lexSql', () => {
  it.each([
    ['SELECT 1; SELECT 2', ['select 1', 'select 2']],
    [';;\n;', []],
    ['SELECT 1 -- ; COMMIT\r; SELECT 2', ['select 1', 'select 2']],
    ['SELECT /* a /* ; */ ; */ 1', ['select 1']],
    ['SELECT 2 */* ; */ 3', ['select 2 * 3']],
    ['SELECT a$b$, $1; x', ['select a$b$ , $ 1', 'x']],
    ['CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b); x', 2],
    ["SELECT 'a;''b;'; x", ["select '", 'x']],
    ["SELECT 'a\\'; x", ["select '", 'x']],
    ["SELECT E'a\\';'; x", ["select E'", 'x']],
    ["SELECT E'a' -- b'\n 'c\\';'; x", ["select E'", 'x']],
    ["SELECT E'a' 'c\\'; x", ["select E' '", 'x']],
    ["SELECT name'a\\'; x", ["select name '", 'x']],
    ['SELECT "a;""b;" FROM U&"c;"; x', ['select " from U&"', 'x']],
    ['SELECT $$ ; $a$ ; $$, $a$ ; $$ $a$; x', ['select $$ , $a$', 'x']],
    ['\ufeffBEGIN', ['begin']],
    ['SELECT 1e-5, 1.5, 1_000', ['select 1e-5 , 1.5 , 1_000']],
  ] as const)('splits %j', (sql, expected) => {
    const found = texts(sql);
    expect(typeof expected === 'number' ? found.length : found).toEqual(expected);
    expect(lexSql(sql).unterminated).toBeUndefined();
  });

  it('keeps the body of a function together, with the CASE expressions in it', () => {
    const body = `CREATE FUNCTION f() RETURNS int BEGIN ATOMIC
  SELECT CASE WHEN true THEN 1 END;
  SELECT 2;
END; COMMIT`;
    expect(texts(body)).toHaveLength(2);
    expect(texts(body)[1]).toBe('commit');
  });

  it('tells lines, brackets and what psql would replace', () => {
    const [tokens] = lexSql("SELECT a::int[1:b],\n 'x\n\ny', :'c' := \\d").statements;
    expect(
      tokens!.map(({ kind, text, line, inBrackets }) => [kind, text, line, inBrackets]),
    ).toEqual([
      ['word', 'select', 1, false],
      ['word', 'a', 1, false],
      ['symbol', '::', 1, false],
      ['word', 'int', 1, false],
      ['symbol', '[', 1, false],
      ['number', '1', 1, true],
      ['variable', ':b', 1, true],
      ['symbol', ']', 1, true],
      ['symbol', ',', 1, false],
      ['quoted', "'", 2, false],
      ['symbol', ',', 4, false],
      ['variable', ":'c'", 4, false],
      ['symbol', ':=', 4, false],
      ['meta', '\\d', 4, false],
    ]);
  });

  it.each([
    ["SELECT\n 'a''", 'string', "'", 2],
    ["SELECT E'a\\'", 'string', "'", 1],
    ['SELECT "a', 'quoted name', '"', 1],
    ['SELECT $x$ $$', 'string', '$x$', 1],
    ['SELECT 1 /* /* */', 'comment', '*/', 1],
    ["SELECT 'a'\n'b", 'string', "'", 1],
  ])('finds what does not end in %j', (sql, what, end, line) => {
    expect(lexSql(sql).unterminated).toEqual({ what, end, line });
  });

  it('takes any text, in time that grows with its length alone', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from(`'"$\\/*-:;eE[](){}?\na1 `)) }),
        (sql) => {
          expect(() => lexSql(sql)).not.toThrow();
        },
      ),
    );
    const long = "''".repeat(500_000);
    for (const sql of [`SELECT '${long}'`, `SELECT '${long}`, `/*${long}*/`, `$$${long}$$`]) {
      expect(lexSql(sql).statements.length).toBeLessThan(2);
    }
  }, 10_000);
});
