import type { Readiness } from '../database/readiness.ts';
import type { Logger } from '../telemetry/logging.ts';

/**
 * Readiness as a status that anybody may see: the reason goes to the log, once for as long as it stays the
 * same, since it can name hosts and users.
 */
export function publicReadiness(readiness: Readiness, log: Logger): () => Promise<boolean> {
  let last: string | undefined;
  return async () => {
    const reason = await readiness();
    if (reason !== last) {
      last = reason;
      if (reason === undefined) {
        log.info({}, 'ready');
      } else {
        log.warn({ reason }, 'not ready');
      }
    }
    return reason === undefined;
  };
}
