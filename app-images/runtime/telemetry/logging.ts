import { RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import { printable } from '@cdk8s-event-platform/contracts/internal';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** How important a line is. */
export type LogLevel = (typeof LEVELS)[number];

/** Writes one line. Fields hold ids and types of events, never their data. */
export type LogLine = (fields: object, message: string) => void;

/** Structured logs. A pino logger is one, too. */
export type Logger = Readonly<Record<LogLevel, LogLine>>;

const nothing: LogLine = () => undefined;

/** A logger that writes nothing. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};

/**
 * Structured logs on standard output, one JSON object a line, of the level in `LOG_LEVEL` and above.
 * Characters that a terminal acts on are escaped: `kubectl logs` shows them as they are.
 */
export function createLogger(
  app: string,
  minLevel = process.env[RUNTIME_ENV.logLevel] ?? 'info',
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Logger {
  const from = LEVELS.findIndex((level) => level === minLevel);
  if (from < 0) {
    throw new Error(`${RUNTIME_ENV.logLevel} '${minLevel}' is not a level: use ${LEVELS.join(', ')}`);
  }
  const now = () => new Date().toISOString();
  const line =
    (level: LogLevel): LogLine =>
    (fields, message) =>
      write(`${printable(JSON.stringify({ level, time: now(), app, message, ...fields }))}\n`);
  const entries = LEVELS.map((level, index) => [level, index < from ? nothing : line(level)]);
  return Object.fromEntries(entries) as Logger;
}
