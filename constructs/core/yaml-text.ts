/**
 * Text that is a number, a date or a time to some parser: `0o17` is 15 to Go's, and to others `1_000` is
 * 1000 and `12:30:45` is 45045.
 */
const LIKE_A_NUMBER =
  /^[-+]?([0-9.][0-9_.,:]*(e[-+]?[0-9_]*)?|0[xob][0-9a-f_]*|\.(inf|nan))$|^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}/i;
/** Text that some parser takes for a boolean, for nothing, or for an instruction to merge. */
const LIKE_A_WORD = /^(y|yes|n|no|on|off|true|false|null|~|=|<<)$/i;
/** Beginnings that mean something, or did in an older version of YAML. */
const LIKE_SYNTAX = /^([?:=%@`!&*|>]|(---|\.\.\.)(\s|$)|-([^a-zA-Z-]|$))/;
/** What a parser would alter or refuse: control characters, and line breaks of YAML 1.1 alone. */
const UNPRINTABLE =
  /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
/** White space that a block scalar would lose, or that hides where its indentation ends. */
const LOOSE_SPACE = /^\s|[ \t\u00a0]\n|[^\S\n]$|\n\n\n*$/;

/** Most text is like this, and is longer than any word that means something: nothing else is asked of it. */
const ORDINARY = /^(?!e-?\d+$)[a-z/][\w./-]{5,}$/i;
/** Text of one line that is something else without quotes: an exponent, syntax, a mapping, a comment. */
const NEEDS_QUOTES = /^([-+]?e[-+]?\d+)?$|^[,[\]{}#'"]|: | #|:$/i;
/** What ends a document where nothing stands in front of it. */
const MARKER = /^(---|\.\.\.)/;

/** Whether a text may become another value, or another text, when it is not in double quotes. */
export function isDoubtful(text: string): boolean {
  return (
    LIKE_A_NUMBER.test(text) ||
    LIKE_A_WORD.test(text) ||
    LIKE_SYNTAX.test(text) ||
    UNPRINTABLE.test(text) ||
    LOOSE_SPACE.test(text)
  );
}

/** A text in double quotes, with everything escaped that a parser would alter. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A block of lines, each indented. The block indicator says whether a line break ends it. */
function block(text: string, indent: string): string {
  const [header, lines] = text.endsWith('\n') ? ['|', text.slice(0, -1)] : ['|-', text];
  return `${header}\n${indent}${lines.replaceAll(/\n+/g, `$&${indent}`)}`;
}

function inQuotes(text: string): string {
  return text.includes('"') && !/['\n]/.test(text) ? `'${text}'` : JSON.stringify(text);
}

/** How a text is written as a value: without quotes where no parser could take it for something else. */
export function valueText(text: string, indent: string): string {
  if (ORDINARY.test(text)) {
    return text;
  }
  if (isDoubtful(text)) {
    return quoted(text);
  }
  if (text.includes('\n')) {
    return block(text, indent);
  }
  return NEEDS_QUOTES.test(text) ? inQuotes(text) : text;
}

/** How a text is written as a key. */
export function keyText(text: string, indent: string): string {
  if (ORDINARY.test(text)) {
    return text;
  }
  if (isDoubtful(text)) {
    return quoted(text);
  }
  return text.includes('\n') || NEEDS_QUOTES.test(text) || (indent === '' && MARKER.test(text))
    ? inQuotes(text)
    : text;
}
