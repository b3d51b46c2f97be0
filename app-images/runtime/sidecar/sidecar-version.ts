import { setTimeout as sleep } from 'node:timers/promises';
import { compareToRange, SUPPORTED_DAPR } from '@cdk8s-event-platform/contracts/interface';
import type { Logger } from '../telemetry/logging.ts';
import { sidecarMetadata } from './sidecar.ts';

/** Times that a sidecar is asked; it may start after the app. */
const TRIES = 60;

/**
 * Logs an error with the remedy when the sidecar is of a Dapr that the image does not work with. Asks until
 * it answers, for a minute at most; what is no release, such as `edge`, is let pass.
 *
 * @param gap between two tries, in milliseconds. @default 1000
 */
export async function checkSidecarVersion(log: Logger, gap = 1_000): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const metadata = await sidecarMetadata(1_000).catch(() => undefined);
    const version = metadata?.runtimeVersion;
    if (version !== undefined) {
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
      return;
    }
    await sleep(gap, undefined, { ref: false });
  }
}
