/** Whose personal data were decrypted in an event. */
const subjects = new WeakMap<object, string>();

/** Notes whose personal data an event holds. */
export function noteSubject(event: object, subject: string): void {
  subjects.set(event, subject);
}

/** Whose personal data an event holds; undefined for one without. */
export function subjectOfEvent(event: object): string | undefined {
  return subjects.get(event);
}
