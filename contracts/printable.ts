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

/** Tag of a template whose text is our own and whose values are made {@link printable}. */
export function printableLine(
  texts: TemplateStringsArray,
  ...values: readonly (string | number)[]
): string {
  return String.raw({ raw: texts }, ...values.map((value) => printable(String(value))));
}
