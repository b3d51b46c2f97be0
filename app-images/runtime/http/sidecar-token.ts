import { withCode } from '@cdk8s-event-platform/contracts/internal';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { DAPR_TOKEN_HEADER } from '@cdk8s-event-platform/contracts/interface';
import type { Logger } from '../telemetry/logging.ts';

/** Shortest time between two log lines about refused requests, in milliseconds. */
const LOG_INTERVAL = 10_000;

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Checks that a request comes from the app's own sidecar, which sends a token that others do not have.
 *
 * @param token of the sidecar. @default - any request is accepted
 * @throws Error when the token is empty.
 * @see https://docs.dapr.io/operations/security/app-api-token/
 */
export function sidecarTokenCheck(
  token: string | undefined,
  log: Logger,
): (request: IncomingMessage, path: string) => boolean {
  if (token === undefined) {
    return () => true;
  }
  if (token === '') {
    throw new Error(
      withCode('EP8001', 'the API token of the app is empty: set a token, or remove the variable'),
    );
  }
  const expected = digest(token);
  let refused = 0;
  let loggedAt = -Infinity;
  return ({ headers }, path) => {
    const given = headers[DAPR_TOKEN_HEADER];
    // Digests have the same length, so that the comparison takes the same time for every token.
    if (typeof given === 'string' && timingSafeEqual(digest(given), expected)) {
      return true;
    }
    refused++;
    if (performance.now() - loggedAt >= LOG_INTERVAL) {
      const reason = given === undefined ? 'no token' : 'wrong token';
      log.warn({ path, reason, refused }, 'requests refused that are not from the sidecar');
      loggedAt = performance.now();
      refused = 0;
    }
    return false;
  };
}
