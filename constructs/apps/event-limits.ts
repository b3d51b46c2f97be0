import { Lazy, type Size, SizeRoundingBehavior } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import { RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';

function bytesOf(size: Size): number {
  return Math.floor(size.toKibibytes({ rounding: SizeRoundingBehavior.NONE }) * 1024);
}

/**
 * The largest message of each topic that an image publishes to, in bytes. A topic takes no more than
 * its broker does.
 */
function maxEventBytes(manifest: AppManifest, pubSub: DaprPubSub): object {
  const largest = bytesOf(pubSub.broker.maxMessageSize);
  const names = new Set((manifest.publishes ?? []).map(({ topic }) => topic));
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const size = pubSub.findTopic(name)?.spec.maxMessageSize;
      return [name, size === undefined ? largest : Math.min(largest, bytesOf(size))];
    }),
  );
}

/**
 * The variable that tells an app how large its events may be, so that it refuses a larger one before
 * it has accepted it. Produced when everything is declared: topics may get their sizes later. An app
 * that publishes nothing has none.
 */
export function eventLimitsEnv(manifest: AppManifest, pubSub: DaprPubSub): k8s.EnvVar[] {
  if ((manifest.publishes ?? []).length === 0) {
    return [];
  }
  const produce = () => JSON.stringify(maxEventBytes(manifest, pubSub));
  return [{ name: RUNTIME_ENV.maxEventBytes, value: Lazy.any({ produce }) as string }];
}
