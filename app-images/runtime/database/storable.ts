const LONGEST_TEXT = 10_000;

/** A text as PostgreSQL can store it: texts of errors may hold what a column cannot. */
export function storable(text: string): string {
  return text.slice(0, LONGEST_TEXT).replaceAll('\u0000', '\uFFFD').toWellFormed();
}
