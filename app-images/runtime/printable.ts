import { isUtf8 } from 'node:buffer';

/**
 * Characters that a terminal acts on, or that make a text look like another one: controls (C0, DEL and
 * C1), formats (bidirectional controls, zero-width joiners, tags), separators of lines and paragraphs,
 * halves of surrogate pairs, and whatever else is drawn as nothing.
 *
 * @see https://www.unicode.org/reports/tr36/
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
const HIDDEN_IN_LINES =
  /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** UTF-16 code units as JSON writes them. */
function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');
}

/**
 * A text that came from elsewhere, as one line that is safe on a terminal. Hidden characters become
 * `\uXXXX`. JSON without line breaks keeps its value.
 */
export function printable(text: string): string {
  return text.replace(HIDDEN, escaped);
}

/** A text of our own with several lines, in which there may be values that came from elsewhere. */
export function printableLines(text: string): string {
  return text.replace(HIDDEN_IN_LINES, escaped);
}

/** Bytes that came from elsewhere, as a {@link printable} text. What is not UTF-8 becomes `\xNN`. */
export function printableBytes(bytes: Uint8Array): string {
  const parts: string[] = [];
  let from = 0;
  const readUpTo = (end: number) =>
    parts.push(printable(Buffer.from(bytes.subarray(from, end)).toString('utf8')));
  // Of most events, all is UTF-8.
  for (let at = isUtf8(bytes) ? bytes.length : 0; at < bytes.length;) {
    const length = utf8Length(bytes, at);
    if (length === 0) {
      readUpTo(at);
      parts.push(`\\x${bytes[at]!.toString(16).padStart(2, '0')}`);
      from = at + 1;
    }
    at += Math.max(1, length);
  }
  readUpTo(bytes.length);
  return parts.join('');
}

/** Length in bytes of the character at a position; 0 where no character starts. */
function utf8Length(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    if (isUtf8(bytes.subarray(at, at + length))) {
      return length;
    }
  }
  return 0;
}

/** Tag of a template whose text is our own and whose values are made {@link printable}. */
export function printableLine(
  texts: TemplateStringsArray,
  ...values: readonly (string | number)[]
): string {
  return String.raw({ raw: texts }, ...values.map((value) => printable(String(value))));
}
