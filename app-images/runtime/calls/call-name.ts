import type { CallName } from './call-errors.ts';

/** A segment that is the same for all: of a path that begins with a person's name, not even that is shown. */
const FIXED = /^[a-z][a-z_-]*$/;

/** A path without what may be variable: its first segment, and the number of the others. */
export function shownPath(path: string): string {
  return path
    .split(/[?#]/, 1)[0]!
    .split('/')
    .map((part, index) => (part === '' || (index === 1 && FIXED.test(part)) ? part : '…'))
    .join('/');
}

/** Method and path of a call, as messages show them. */
export function shownCall({ method, path }: CallName): string {
  return `${method} ${shownPath(path)}`;
}

/** What a sidecar says, without URLs and what it quotes. */
export function shownReason(said: string): string {
  return said
    .replace(/"[^"]*"/g, '"…"')
    .replace(/https?:\/\/\S+/g, '…')
    .slice(0, 300);
}
