import { pino } from 'pino';
import { RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import { withCode, printable } from '@cdk8s-event-platform/contracts/internal';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** Severity of a log line. */
export type LogLevel = (typeof LEVELS)[number];

/** Writes one line. Fields hold ids and types of events, never their data. */
export type LogLine = (fields: object, message: string) => void;

/** Structured logs. A pino logger is one. */
export type Logger = Readonly<Record<LogLevel, LogLine>>;

/** A logger that writes nothing. */
export const silentLogger: Logger = /* @__PURE__ */ pino({ enabled: false });

/**
 * Creates a logger that writes one JSON object per line to standard output, from the level in `LOG_LEVEL` up.
 * Control characters are escaped, since `kubectl logs` writes them to a terminal as they are.
 *
 * @throws Error when the level is unknown.
 */
export function createLogger(
  app: string,
  minLevel = process.env[RUNTIME_ENV.logLevel] ?? 'info',
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Logger {
  if (!LEVELS.some((level) => level === minLevel)) {
    throw new Error(
      withCode(
        'EP8001',
        `${RUNTIME_ENV.logLevel} (${minLevel}) must be one of ${LEVELS.join(', ')}`,
      ),
    );
  }
  return pino(
    {
      level: minLevel,
      base: { app },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    { write: (line) => write(`${printable(line.trimEnd())}\n`) },
  );
}
