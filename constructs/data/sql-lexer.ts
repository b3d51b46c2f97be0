/** A part of SQL that is neither white space nor a comment. */
export interface SqlToken {
  /**
   * `word`: a name or key word without quotes, in lower case. `quoted`: a string, or a name in quotes.
   * `variable`: what psql would replace, e.g. `:name`. `meta`: a command of psql, e.g. `\d`.
   * `symbol`: any other character.
   */
  readonly kind: 'word' | 'quoted' | 'number' | 'variable' | 'meta' | 'symbol';
  readonly text: string;
  /** Line of its first character, from 1. */
  readonly line: number;
  /** Whether it is within square brackets. */
  readonly inBrackets: boolean;
}

/** A statement: its tokens, without the semicolon. */
export type SqlStatement = readonly SqlToken[];

/** What text comes to when PostgreSQL reads it as SQL. */
export interface LexedSql {
  /** Statements that are not empty. */
  readonly statements: readonly SqlStatement[];
  /** What starts and does not end. */
  readonly unterminated?: { readonly what: string; readonly end: string; readonly line: number };
}

const NAME = String.raw`[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*`;
const SPACE = /[ \t\n\r\f\v]+/y;
const LINE_COMMENT = /--[^\n\r]*/y;
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const NUMBER = /[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const DOLLAR_QUOTE = new RegExp(String.raw`\$(?:${NAME})?\$`, 'y');
/** Strings of which a backslash escapes the next character; the others have none. */
const ESCAPE_STRING = /[eE]'/y;
const STRING = /(?:[uU]&|[bBxXnN])?'/y;
const QUOTED_NAME = /(?:[uU]&)?"/y;
/** A string goes on after white space with a line break, by the same rules of escapes. */
const CONTINUATION = /(?:[ \t\f\v]|--[^\n\r]*)*[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/y;
const CAST_OR_ASSIGNMENT = /::|:=/y;
const VARIABLE =
  /:(?:[A-Za-z0-9_\u0080-\uffff]+|'[A-Za-z0-9_\u0080-\uffff]+'|"[A-Za-z0-9_\u0080-\uffff]+"|\{\?[A-Za-z0-9_\u0080-\uffff]+\})/y;
const META = /\\[^\s\\]*/y;

/**
 * Splits SQL as PostgreSQL and psql do, as far as it takes to tell code from text.
 *
 * @see https://www.postgresql.org/docs/18/sql-syntax-lexical.html
 */
export function lexSql(sql: string): LexedSql {
  // psql skips the mark of UTF-8 at the start of a file.
  const lexer = new Lexer(sql.replace(/^\ufeff/, ''));
  return lexer.run();
}

class Lexer {
  readonly #sql: string;
  readonly #statements: SqlToken[][] = [];
  #statement: SqlToken[] = [];
  #position = 0;
  #line = 1;
  #parentheses = 0;
  #brackets = 0;
  /** Depth of `BEGIN ATOMIC … END` with the `CASE … END` in it. */
  #bodies = 0;
  #unterminated: LexedSql['unterminated'];

  public constructor(sql: string) {
    this.#sql = sql;
  }

  public run(): LexedSql {
    while (this.#position < this.#sql.length && this.#unterminated === undefined) {
      this.#next();
    }
    this.#endStatement();
    return {
      statements: this.#statements,
      ...(this.#unterminated && { unterminated: this.#unterminated }),
    };
  }

  #next(): void {
    if (this.#take(SPACE) !== undefined || this.#take(LINE_COMMENT) !== undefined) {
      return;
    }
    if (this.#sql.startsWith('/*', this.#position)) {
      this.#comment();
    } else if (!this.#quoted() && !this.#plain()) {
      this.#symbol();
    }
  }

  /** Comments nest. */
  #comment(): void {
    const delimiter = /\/\*|\*\//g;
    delimiter.lastIndex = this.#position;
    let depth = 0;
    for (let found = delimiter.exec(this.#sql); found; found = delimiter.exec(this.#sql)) {
      depth += found[0] === '/*' ? 1 : -1;
      if (depth === 0) {
        this.#advance(delimiter.lastIndex - this.#position);
        return;
      }
    }
    this.#fail('comment', '*/');
  }

  #quoted(): boolean {
    if (this.#matches(ESCAPE_STRING)) {
      this.#until(/[^'\\]*(?:(?:''|\\[^])[^'\\]*)*'(?!')/y, ESCAPE_STRING, 'string', "'");
    } else if (this.#matches(STRING)) {
      this.#until(/[^']*(?:''[^']*)*'(?!')/y, STRING, 'string', "'");
    } else if (this.#matches(QUOTED_NAME)) {
      this.#until(/[^"]*(?:""[^"]*)*"(?!")/y, QUOTED_NAME, 'quoted name', '"');
    } else {
      return this.#dollarQuoted();
    }
    return true;
  }

  #dollarQuoted(): boolean {
    const quote = this.#match(DOLLAR_QUOTE);
    if (quote === undefined) {
      return false;
    }
    const end = this.#sql.indexOf(quote, this.#position + quote.length);
    if (end < 0) {
      this.#fail('string', quote);
    } else {
      this.#push('quoted', quote);
      this.#advance(end + quote.length - this.#position);
    }
    return true;
  }

  /** Takes what starts with `open` up to its end, and the strings that it continues in. */
  #until(body: RegExp, open: RegExp, what: string, end: string): void {
    const start = this.#match(open)!;
    const from = { line: this.#line, position: this.#position };
    this.#push('quoted', start);
    let opening: string | undefined = start;
    do {
      this.#advance(opening.length);
      if (this.#take(body) === undefined) {
        this.#line = from.line;
        this.#fail(what, end);
        return;
      }
      opening = end === "'" ? this.#match(CONTINUATION) : undefined;
    } while (opening !== undefined);
  }

  #plain(): boolean {
    const word = this.#match(WORD);
    const [kind, text] =
      word === undefined
        ? this.#notWord()
        : (['word', word.replace(/[A-Z]/g, (letter) => letter.toLowerCase())] as const);
    if (text === undefined) {
      return false;
    }
    this.#push(kind, text);
    this.#advance(text.length);
    if (kind === 'word') {
      this.#trackBody(text);
    }
    return true;
  }

  #notWord(): readonly [SqlToken['kind'], string | undefined] {
    const number = this.#match(NUMBER);
    if (number !== undefined) {
      return ['number', number];
    }
    const cast = this.#match(CAST_OR_ASSIGNMENT);
    if (cast !== undefined) {
      return ['symbol', cast];
    }
    const variable = this.#match(VARIABLE);
    return variable === undefined ? ['meta', this.#match(META)] : ['variable', variable];
  }

  #trackBody(word: string): void {
    const previous = this.#statement.at(-2);
    if (word === 'atomic' && previous?.kind === 'word' && previous.text === 'begin') {
      this.#bodies += 1;
    } else if (this.#bodies > 0 && word === 'case') {
      this.#bodies += 1;
    } else if (this.#bodies > 0 && word === 'end') {
      this.#bodies -= 1;
    }
  }

  #symbol(): void {
    const symbol = this.#sql[this.#position]!;
    if (symbol === ';' && this.#parentheses === 0 && this.#bodies === 0) {
      this.#advance(1);
      this.#endStatement();
      return;
    }
    this.#push('symbol', symbol);
    this.#parentheses = Math.max(0, this.#parentheses + depthOf(symbol, '(', ')'));
    this.#brackets = Math.max(0, this.#brackets + depthOf(symbol, '[', ']'));
    this.#advance(1);
  }

  #endStatement(): void {
    if (this.#statement.length > 0) {
      this.#statements.push(this.#statement);
    }
    this.#statement = [];
    this.#brackets = 0;
  }

  #push(kind: SqlToken['kind'], text: string): void {
    this.#statement.push({ kind, text, line: this.#line, inBrackets: this.#brackets > 0 });
  }

  #fail(what: string, end: string): void {
    this.#unterminated = { what, end, line: this.#line };
  }

  #matches(pattern: RegExp): boolean {
    return this.#match(pattern) !== undefined;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    return pattern.exec(this.#sql)?.[0];
  }

  #take(pattern: RegExp): string | undefined {
    const text = this.#match(pattern);
    this.#advance(text?.length ?? 0);
    return text;
  }

  #advance(length: number): void {
    const end = this.#position + length;
    for (let at = this.#position; at < end; at += 1) {
      this.#line += this.#sql[at] === '\n' ? 1 : 0;
    }
    this.#position = end;
  }
}

function depthOf(symbol: string, open: string, close: string): number {
  return symbol === open ? 1 : symbol === close ? -1 : 0;
}
