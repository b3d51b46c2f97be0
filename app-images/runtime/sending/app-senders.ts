import { setTimeout as sleep } from 'node:timers/promises';
import type { AppManifest, EventContract } from '@cdk8s-event-platform/contracts';
import { contractName } from '@cdk8s-event-platform/contracts/interface';
import { allowsDelivery, withCode } from '@cdk8s-event-platform/contracts/internal';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { newEvent } from '../events/new-event.ts';
import { toOutgoingEvent } from '../outbox/outgoing-event.ts';
import type { Logger } from '../telemetry/logging.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';
import type { Confirming } from './confirming.ts';
import { DropLog } from './drop-log.ts';
import { type GivenUp, SendQueue } from './send-queue.ts';
import type { SendOptions, SendSettings } from './send-settings.ts';

/** Time for what is under way when the app stops, in milliseconds. */
const FLUSH_TIME = 5_000;

/** What {@link AppSenders} needs. */
export interface AppSendersOptions extends Pick<Confirming, 'publisher' | 'longestPause'> {
  readonly manifest: AppManifest;
  readonly metrics: RuntimeMetrics;
  readonly log: Logger;
  /** Milliseconds since 1970. @default - the system's clock */
  readonly now?: () => number;
}

/** The contracts of an app whose events may be sent without a transaction. */
export function sendable({ publishes = [] }: AppManifest): EventContract[] {
  return publishes.filter((contract) => allowsDelivery(contract, 'at-least-once'));
}

/** The same for senders of one contract with the same options, however often they are made. */
function queueName({ contract, ...options }: SendSettings): string {
  return JSON.stringify([
    contractName(contract),
    contract.topic,
    Object.entries(options).toSorted(),
  ]);
}

/** Sends the events of an app that do not go through its outbox. */
export class AppSenders {
  readonly #queues = new Map<string, SendQueue>();
  readonly #contracts: ReadonlySet<string>;
  readonly #drops: DropLog;
  #ended = false;

  public constructor(private readonly options: AppSendersOptions) {
    const { manifest, metrics, log } = options;
    this.#contracts = new Set((manifest.publishes ?? []).map(contractName));
    this.#drops = new DropLog(metrics, log);
    sendable(manifest).forEach(({ type }) => metrics.initializeSender(type));
  }

  /** @see {@link EventSender.send} */
  public send(settings: SendSettings, data: unknown, options: SendOptions = {}): Promise<void> {
    const { contract, mode } = settings;
    this.#checkContract(contract);
    const sent = this.#send(settings, data, options);
    return mode === 'fire-and-forget'
      ? Promise.resolve(
          void sent.then((given) => given && this.#drops.dropped(contract.type, given)),
        )
      : sent.then((given) => {
          if (given !== undefined) {
            throw given.error;
          }
        });
  }

  /** Sends what waits, without waiting for more. @returns the number of events that were settled since the last time. */
  public async flush(): Promise<number> {
    const settled = await Promise.all([...this.#queues.values()].map((queue) => queue.flush()));
    return settled.reduce((sum, count) => sum + count, 0);
  }

  /** Sends what is under way, and gives up what is not confirmed after a while. */
  public async stop(time = FLUSH_TIME): Promise<void> {
    const over = new AbortController();
    await Promise.race([
      this.flush(),
      sleep(time, undefined, { signal: over.signal }).catch(() => undefined),
    ]);
    over.abort();
    this.end();
    // Those who sent are told first.
    await sleep(0);
    this.#drops.end();
  }

  /** Gives up what is not confirmed. */
  public end(): void {
    this.#ended = true;
    this.#queues.forEach((queue) => queue.end());
  }

  /** Never rejects. */
  #send(settings: SendSettings, data: unknown, options: SendOptions): Promise<GivenUp | undefined> {
    const { contract } = settings;
    const { manifest, metrics, now = Date.now } = this.options;
    const { appId, source = `/${appId}` } = manifest;
    const { time = new Date(now()).toISOString(), ...rest } = options;
    try {
      const event = newEvent({ appId, source }, contract, { ...rest, time, data });
      const outgoing = toOutgoingEvent(contract, event);
      return new Promise((resolve) =>
        this.#queueOf(settings).add(outgoing, event.traceparent, (given) => {
          if (given === undefined) {
            metrics.published(contract.type);
          }
          resolve(given);
        }),
      );
    } catch (error) {
      if (error instanceof InvalidEventError) {
        return Promise.resolve({ reason: 'invalid', error });
      }
      throw error;
    }
  }

  #queueOf(settings: SendSettings): SendQueue {
    const name = queueName(settings);
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      const { publisher, longestPause } = this.options;
      queue = new SendQueue(settings, { publisher, longestPause });
      if (this.#ended) {
        queue.end();
      }
      this.#queues.set(name, queue);
    }
    return queue;
  }

  #checkContract(contract: EventContract): void {
    if (!this.#contracts.has(contractName(contract))) {
      throw new Error(
        withCode(
          'EP8002',
          `'${contract.type}' ${contract.version} is not published by ${this.options.manifest.appId}: add it to its manifest`,
        ),
      );
    }
  }
}
