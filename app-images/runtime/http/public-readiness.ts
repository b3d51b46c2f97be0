import type { Readiness } from '../database/readiness.ts';
import type { Logger } from '../telemetry/logging.ts';

/**
 * Readiness without its reason, which can name hosts and users: the reason is logged when it changes.
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
