import type { Ajv, Format } from 'ajv';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { isCalendarDate, isTimestamp, parseTimestamp } from './timestamp.ts';

function compareTimestamps(a: string, b: string): number {
  return (parseTimestamp(a)?.getTime() ?? NaN) - (parseTimestamp(b)?.getTime() ?? NaN);
}

/** A time that may have a space for its `T`, and no zone: then it is in UTC. */
function isLenientTimestamp(text: string): boolean {
  const withT = text.replace(' ', 'T');
  return isTimestamp(/(?:z|[+-]\d{2}:\d{2})$/i.test(withT) ? withT : `${withT}Z`);
}

/**
 * Formats of JSON Schema, at every edge and every consumer the same. `date`, `date-time` and `uuid` admit only what
 * PostgreSQL's types take; texts of other formats may be more than a type of PostgreSQL takes.
 */
export const formats: Readonly<Record<string, Format>> = {
  ...fullFormats,
  date: { validate: isCalendarDate, compare: (a: string, b: string) => (a < b ? -1 : +(a > b)) },
  'date-time': { validate: isTimestamp, compare: compareTimestamps },
  'iso-date-time': { validate: isLenientTimestamp },
  uuid: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
};

/** Gives a compiler of schemas, which has those of ajv-formats, these formats instead. */
export function addPlatformFormats(ajv: Ajv): void {
  for (const [name, format] of Object.entries(formats)) {
    ajv.addFormat(name, format);
  }
}
