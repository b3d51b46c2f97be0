import { ConstantBackoff, handleAll, retry } from 'cockatiel';
import { compareToRange, SUPPORTED_DAPR } from '@cdk8s-event-platform/contracts/interface';
import type { Logger } from '../telemetry/logging.ts';
import { sidecarMetadata } from './sidecar.ts';

/** Further tries when a sidecar does not answer, which may start after the app. */
const MAX_RETRIES = 59;

/**
 * Logs an error with the remedy when the image does not support the sidecar's version of Dapr. Asks the sidecar
 * until it answers, for a minute. Accepts versions that are not releases, such as `edge`.
 *
 * @param delay between two tries, in milliseconds. @default 1000
 */
export async function checkSidecarVersion(log: Logger, delay = 1_000): Promise<void> {
  const version = await retry(handleAll, {
    maxAttempts: MAX_RETRIES,
    backoff: new ConstantBackoff(delay),
  })
    .dangerouslyUnref()
    .execute(sidecarVersion)
    .catch(() => undefined);
  if (version === undefined) {
    return;
  }
  const relation = compareToRange(version, SUPPORTED_DAPR);
  const supported = `${SUPPORTED_DAPR.min} to ${SUPPORTED_DAPR.max}`;
  if (relation === 'older') {
    log.error(
      { version, supported },
      'the sidecar is of a Dapr that is too old: events may stay in the outbox; upgrade Dapr, then restart this Deployment',
    );
  } else if (relation === 'newer') {
    log.warn(
      { version, supported },
      'the sidecar is of a newer Dapr than this image was tried with',
    );
  }
}

/** @throws Error when the sidecar does not tell its version. */
async function sidecarVersion(): Promise<string> {
  const { runtimeVersion } = await sidecarMetadata(1_000);
  if (runtimeVersion === undefined) {
    throw new Error('the sidecar does not tell its version');
  }
  return runtimeVersion;
}
