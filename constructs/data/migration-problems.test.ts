import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLATFORM_MIGRATIONS } from '@cdk8s-event-platform/contracts/interface';
import { migrationProblems } from './migration-problems.ts';

const name = fc.stringMatching(/^[0-9]{4}-[a-z0-9-]{1,20}$/);
/** Any text that PostgreSQL can hold, with what means something to a lexer. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      ...Array.from(`'"$\\:;[](){}`),
      '--',
      '/*',
      '*/',
      '$$',
      '\n',
      'COMMIT;',
      ':a',
      '\\d',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).filter((each) => each !== '\0'),
  ),
});

/** What is wrong with the SQL of one migration. */
const problems = (sql: string) =>
  migrationProblems([{ name: '0100-a', sql }]).map((found) => {
    expect(found).toMatch(/^migration '0100-a': /);
    return found.slice("migration '0100-a': ".length);
  });

describe('migrationProblems with names', () => {
  it('accepts names of four digits and words, and the same migration of several apps', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { selector: (each) => each.slice(0, 4) }), (names) => {
        const migrations = names.map((each) => ({ name: each, sql: `SELECT '${each}'` }));
        expect(migrationProblems([...migrations, ...migrations])).toEqual([]);
      }),
    );
  });

  it.each([
    ...['', 'orders', '1-orders', '00100-orders', '0100', '0100-', '0100_orders', '0100-Orders'],
    // The shell or the file system would read these as more than a name.
    ...["0100-a'", '0100-a/b', '0100-a b', '0100-a\n', '0100-$(id)', '../0100-a'],
  ])('refuses the name %j', (wrong) => {
    expect(migrationProblems([{ name: wrong, sql: 'SELECT 1' }])).toEqual([
      `migration '${wrong}' does not sort: name it by four digits and words, e.g. '0100-tasks'`,
    ]);
  });

  it('refuses one name for two contents', () => {
    fc.assert(
      fc.property(name, fc.nat(), fc.nat(), (each, a, b) => {
        fc.pre(a !== b);
        expect(
          migrationProblems([
            { name: each, sql: `SELECT ${a}` },
            { name: each, sql: `SELECT ${b}` },
          ]),
        ).toEqual([`migration '${each}' is declared with different SQL: rename one`]);
      }),
    );
  });
});

describe('migrationProblems with SQL', () => {
  it('accepts the migrations of the platform', () => {
    expect(migrationProblems(PLATFORM_MIGRATIONS)).toEqual([]);
  });

  it.each([
    ...['BEGIN', 'begin work', 'START TRANSACTION', 'COMMIT', 'END', 'ROLLBACK', 'ABORT'],
    ...['SAVEPOINT a', 'RELEASE a', "PREPARE TRANSACTION 'a'", "COMMIT PREPARED 'a'"],
    ...["ROLLBACK PREPARED 'a'", 'ROLLBACK TO a', 'SET TRANSACTION READ ONLY'],
    ...['SET LOCAL TRANSACTION READ ONLY', '/* a */ COMMIT -- b', 'SELECT 1;\rCOMMIT'],
    'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY',
    'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; COMMIT',
  ])('refuses transaction control: %s', (sql) => {
    expect(problems(sql)).toEqual([
      expect.stringMatching(/^line 1: '[A-Z ]+' controls the transaction that .*: remove it$/),
    ]);
  });

  it.each([
    ...['VACUUM', 'VACUUM FULL a', 'CREATE DATABASE a', 'DROP DATABASE a', 'CLUSTER'],
    ...["CREATE TABLESPACE a LOCATION '/a'", 'DROP TABLESPACE a', 'ALTER SYSTEM RESET ALL'],
    ...['CREATE INDEX CONCURRENTLY a ON b (c)', 'CREATE UNIQUE INDEX CONCURRENTLY ON b (c)'],
    ...['DROP INDEX CONCURRENTLY a', 'REINDEX TABLE CONCURRENTLY a', 'REINDEX DATABASE a'],
    ...['REINDEX (CONCURRENTLY, VERBOSE) TABLE a', 'REINDEX (VERBOSE) SCHEMA a', 'DISCARD ALL'],
    ...['ALTER TABLE "a b" DETACH PARTITION c.d CONCURRENTLY', 'DROP SUBSCRIPTION a'],
    ...['ALTER DATABASE "a b" SET TABLESPACE c', "CREATE SUBSCRIPTION a CONNECTION ''"],
  ])('refuses what PostgreSQL refuses in a transaction: %s', (sql) => {
    expect(problems(sql)).toEqual([
      expect.stringMatching(/^line 1: PostgreSQL refuses '[A-Z ]+' in a transaction, .*by hand$/),
    ]);
  });

  it.each([
    'PREPARE a AS SELECT 1',
    'SET LOCAL lock_timeout = 1',
    'CREATE INDEX a ON concurrent (b)',
    'CREATE INDEX "concurrently" ON a (b)',
    'REFRESH MATERIALIZED VIEW CONCURRENTLY a',
    'ALTER TABLE a DETACH PARTITION b',
    'ALTER DATABASE a SET timezone = 1',
    'CLUSTER a USING b',
    'REINDEX TABLE a',
    'TABLE "begin"',
    'CREATE TABLE database (vacuum int, commit int)',
    'COPY a TO STDOUT',
    "COPY a FROM '/stdin'",
    'SELECT a::int, b[1:2], c[lo:hi], f(d := 1), e[lo : HI]',
    `SELECT JSON_OBJECT('a': b, 'c':1)`,
    `SELECT E'\\d', '\\d', "\\d", ':a'`,
    `CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RETURN 1; END $f$`,
    `DO $$ BEGIN x := y[1:z]; END $$`,
  ])('accepts %s', (sql) => {
    expect(problems(sql)).toEqual([]);
  });

  it.each([
    [
      'SELECT 1;\n\\d a',
      "line 2: '\\d' is a command of psql, and a migration is plain SQL: remove it",
    ],
    [
      'SELECT :a',
      "line 1: psql may replace ':a' as a variable: write the value, or a space behind a colon of SQL",
    ],
    [
      'SELECT a[1:PORT]',
      "line 1: psql may replace ':PORT' as a variable: write the value, or a space behind a colon of SQL",
    ],
    [
      "COPY a (b) FROM STDIN;\n1\t'\n\\.\n",
      'line 1: COPY … FROM STDIN has no input in a migration: use INSERT … VALUES',
    ],
    ["SELECT 1;\n'a", "line 2: the string that starts here does not end: close it with '"],
    ['/* a', 'line 1: the comment that starts here does not end: close it with */'],
    ['SELECT $a$ $$', 'line 1: the string that starts here does not end: close it with $a$'],
    ["SELECT 1,\n'\0'", 'line 2: the character U+0000 cannot be stored: remove it'],
    ["SELECT '\ud800'", 'line 1: the character U+D800 cannot be stored: remove it'],
    ['', 'it has no statement: write one, or remove the migration'],
    [' ;; -- COMMIT\n/* a */', 'it has no statement: write one, or remove the migration'],
  ])('refuses %j', (sql, problem) => {
    expect(problems(sql)).toEqual([problem]);
  });

  it.each([`SELECT :'a'`, `SELECT :"a"`, `SELECT :{?a}`, 'SELECT a:b'])(
    'refuses what psql may replace: %s',
    (sql) => {
      expect(problems(sql)).toEqual([expect.stringContaining('as a variable')]);
    },
  );

  it('reports everything at once', () => {
    expect(problems('BEGIN;\nSELECT :a;\nVACUUM;\nCOMMIT')).toHaveLength(4);
  });

  it('never minds what is in strings, quoted names and comments', () => {
    const escaped = (quote: string) => (each: string) => each.replaceAll(quote, quote + quote);
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        const body = c.replaceAll('$', '').replaceAll('\\', '');
        const comment = a.replaceAll(/[*/]/g, '');
        expect(
          problems(
            `SELECT '${escaped("'")(a)}', E'${escaped("'")(b.replaceAll('\\', '\\\\'))}' /*${comment}*/ AS "_${escaped('"')(c)}"; -- ${b.replaceAll(/[\r\n]/g, '')}\nDO $a$${body}$a$`,
          ),
        ).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});
