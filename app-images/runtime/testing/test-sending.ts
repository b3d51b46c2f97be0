import type { AppManifest, EventContract } from '@cdk8s-event-platform/contracts';
import type { CloudEvent } from '../events/cloud-event.ts';
import { PublishError } from '../outbox/publisher.ts';
import { AppSenders } from '../sending/app-senders.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';

/** Tests do not wait for further tries; in milliseconds. */
const LONGEST_PAUSE = 5;

/** The events that an app under test sends without a transaction, in memory. */
export class TestSending {
  public readonly senders: AppSenders;
  /** Whether the broker confirms events. */
  public reachable = true;
  readonly #sent: { readonly topic: string; readonly event: CloudEvent }[] = [];

  public constructor(manifest: AppManifest) {
    this.senders = new AppSenders({
      manifest,
      metrics: new RuntimeMetrics(),
      log: silentLogger,
      longestPause: LONGEST_PAUSE,
      publisher: {
        maxBatchSize: Infinity,
        publishMany: (topic, events) => {
          if (!this.reachable) {
            return Promise.reject(new PublishError('the test says that the broker is down'));
          }
          this.#sent.push(
            ...events.map(({ event }) => ({ topic, event: JSON.parse(event) as CloudEvent })),
          );
          return Promise.resolve(new Set());
        },
      },
    });
  }

  /** The events of a contract's type that were sent, in their order. */
  public async sent({ topic, type }: EventContract): Promise<CloudEvent[]> {
    await this.senders.flush();
    return this.#sent
      .filter((sent) => sent.topic === topic && sent.event.type === type)
      .map(({ event }) => event);
  }
}
