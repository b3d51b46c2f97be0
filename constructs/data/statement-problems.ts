import { lexSql, type SqlStatement, type SqlToken } from './sql-lexer.ts';

/** Statements, by their first words, that begin, end or change the transaction that a migration runs in. */
const TRANSACTION_CONTROL = [
  /^(begin|commit|end|rollback|abort|savepoint|release)\b/,
  /^start transaction\b/,
  /^prepare transaction\b/,
  /^set (session |local )?transaction\b/,
  /^set (session |local )?session characteristics\b/,
];

/** Statements, by their first words, that PostgreSQL refuses inside a transaction. */
const OUTSIDE_TRANSACTIONS = [
  /^vacuum\b/,
  /^(create|drop) (database|tablespace|subscription)\b/,
  /^alter database \S+ set tablespace\b/,
  /^alter subscription \S+ (refresh|set publication|add publication|drop publication)\b/,
  /^alter system\b/,
  /^discard all\b/,
  /^reindex( \([^)]*\))? (database|system|schema)\b/,
  /^cluster( \([^)]*\)| verbose)?$/,
  /^(create( unique)?|drop) index concurrently\b/,
  /^reindex\b.* concurrently\b/,
  /^alter table\b.* detach partition\b.* concurrently\b/,
];

const COPY_INPUT = /^copy\b.* from (stdin|stdout)\b/;

/** Every reason why text cannot be the SQL of a migration, each behind its line. */
export function statementProblems(sql: string): string[] {
  const unusual = characterProblem(sql);
  if (unusual !== undefined) {
    return [unusual];
  }
  const { statements, unterminated } = lexSql(sql);
  const problems: string[] = [];
  for (const statement of statements) {
    const copy = COPY_INPUT.test(wordsOf(statement));
    problems.push(...(copy ? [copyProblem(statement)] : problemsOf(statement)));
    if (copy) {
      // What follows is data.
      return problems;
    }
  }
  if (unterminated !== undefined) {
    const { what, end, line } = unterminated;
    problems.push(`line ${line}: the ${what} that starts here does not end: close it with ${end}`);
  } else if (statements.length === 0) {
    problems.push('it has no statement: write one, or remove the migration');
  }
  return problems;
}

/** What neither UTF-8 nor PostgreSQL can hold. */
function characterProblem(sql: string): string | undefined {
  const at = sql.search(/\0|\p{Surrogate}/u);
  if (at < 0) {
    return undefined;
  }
  const code = sql.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  const line = sql.slice(0, at).split('\n').length;
  return `line ${line}: the character U+${code} cannot be stored: remove it`;
}

function problemsOf(statement: SqlStatement): string[] {
  const words = wordsOf(statement);
  const { line } = statement[0]!;
  const found = statement.flatMap((token) => tokenProblem(token) ?? []);
  if (TRANSACTION_CONTROL.some((pattern) => pattern.test(words))) {
    found.unshift(
      `line ${line}: ${beginningOf(statement)} controls the transaction that each migration runs in: remove it`,
    );
  } else if (OUTSIDE_TRANSACTIONS.some((pattern) => pattern.test(words))) {
    found.unshift(
      `line ${line}: PostgreSQL refuses ${beginningOf(statement)} in a transaction, and each migration runs in one: use a form that it takes there, or run it by hand`,
    );
  }
  return found;
}

function tokenProblem({ kind, text, line, inBrackets }: SqlToken): string | undefined {
  if (kind === 'meta') {
    return `line ${line}: '${text}' is a command of psql, and a migration is plain SQL: remove it`;
  }
  if (kind !== 'variable' || isHarmless(text, inBrackets)) {
    return undefined;
  }
  return `line ${line}: psql may replace '${text}' as a variable: write the value, or a space behind a colon of SQL`;
}

/** psql knows no variable that starts with a digit. In a slice its own are the upper-case ones, e.g. `PORT`. */
function isHarmless(variable: string, inBrackets: boolean): boolean {
  return /^:['"]?[0-9]/.test(variable) || (inBrackets && !/^:[A-Z]/.test(variable));
}

function copyProblem(statement: SqlStatement): string {
  return `line ${statement[0]!.line}: COPY … FROM STDIN has no input in a migration: use INSERT … VALUES`;
}

/** What a statement says apart from the contents of strings and quoted names. */
function wordsOf(statement: SqlStatement): string {
  return statement.map(({ kind, text }) => (kind === 'quoted' ? '""' : text)).join(' ');
}

/** The first words of a statement, as they are named in a message. */
function beginningOf(statement: SqlStatement): string {
  const other = statement.findIndex(({ kind }) => kind !== 'word');
  const words = statement.slice(0, other < 0 ? undefined : other).slice(0, 3);
  return `'${words.map(({ text }) => text.toUpperCase()).join(' ')}'`;
}
