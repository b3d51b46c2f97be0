import { printable } from '@cdk8s-event-platform/contracts/internal';

/** Takes a line of an app, or of the platform. */
export type Print = (from: string, line: string) => void;

const NAME_WIDTH = 24;
/** Fields that the line shows in another way, or that say what is known. */
const SHOWN_OTHERWISE: ReadonlySet<string> = new Set(['level', 'time', 'app', 'message']);

/** A line of a structured log as people read it: its level unless that is info, its message, its fields. */
function readable(line: string): string {
  let parsed: Readonly<Record<string, unknown>> | null;
  try {
    parsed = JSON.parse(line) as typeof parsed;
  } catch {
    return line;
  }
  if (typeof parsed !== 'object' || typeof parsed?.message !== 'string') {
    return line;
  }
  const { level, message } = parsed;
  const words = Object.entries(parsed)
    .filter(([name]) => !SHOWN_OTHERWISE.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return [...(level === 'info' ? [] : [String(level)]), message, ...words].join(' ');
}

/** Prints lines for people, or as one JSON object each: `time`, `from` and `line`. */
export function devOutput(json: boolean): Print {
  return json
    ? (from, line) => console.log(JSON.stringify({ time: new Date().toISOString(), from, line }))
    : (from, line) => console.log(`${from.padEnd(NAME_WIDTH)} ${printable(readable(line))}`);
}
