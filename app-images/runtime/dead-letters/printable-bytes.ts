import { isUtf8 } from 'node:buffer';
import { printable } from '@cdk8s-event-platform/contracts/internal';

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
