import { type Logger, pino } from 'pino';
import { RUNTIME_ENV } from '../../constructs/contracts/index.ts';

/** Structured logs on standard output. They hold ids and types of events, never their data. */
export function createLogger(app: string): Logger {
  return pino({
    level: process.env[RUNTIME_ENV.logLevel] ?? 'info',
    base: { app },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
