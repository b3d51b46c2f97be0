import type { BrokerRecord, Headers } from '../broker/broker.ts';
import type { Faults } from '../faults/faults.ts';
import type { AppAnswer, AppChannel, AppRequest } from './app-channel.ts';
import type { PubSub } from './app-resources.ts';
import type { Envelope } from './cloud-event.ts';
import { type PublishApi, toRecord } from './publish-api.ts';
import type { SubscriptionManifest } from './rendered.ts';
import { retried } from './resiliency.ts';
import type { Routes } from './routes.ts';

/** What a delivery needs. */
export interface DeliveryContext {
  readonly subscription: SubscriptionManifest['spec'];
  readonly pubSub: PubSub;
  readonly routes: Routes;
  readonly channel: AppChannel;
  readonly publisher: PublishApi;
  /** @default - no faults */
  readonly faults: Faults | undefined;
  readonly log: (line: string) => void;
}

/** What ends deliveries. */
export interface DeliverySignals {
  /** No further try begins. */
  readonly closing: AbortSignal;
  /** Requests to the app are cut. */
  readonly cut: AbortSignal;
}

/** Names and values that come with a record: its place, and its headers. */
export function metadataOf({
  key,
  position,
  topic,
  partition,
  publishedAt,
  headers,
}: BrokerRecord) {
  const metadata: Record<string, string> = {
    ...(key !== undefined && { __key: Buffer.from(key).toString() }),
    __offset: String(position),
    __topic: topic,
    __timestamp: String(publishedAt.getTime()),
    __partition: String(partition),
    ...headers,
  };
  return metadata as Headers;
}

/** Content of a record: that of a tombstone is `null`. */
export function contentOf({ value }: BrokerRecord): Buffer {
  return Buffer.from(value ?? 'null');
}

/** Posts a delivery to the app. @returns undefined without an answer: requests are cut, or it takes longer than is declared. */
export function postDelivery(
  { pubSub, channel, faults }: DeliveryContext,
  sent: AppRequest,
  cut: AbortSignal,
): Promise<AppAnswer | undefined> {
  const { timeout } = pubSub.deliveries;
  const post = () =>
    channel.post(
      sent,
      timeout === undefined ? cut : AbortSignal.any([cut, AbortSignal.timeout(timeout)]),
    );
  return faults === undefined ? post() : faults.around(cut, post);
}

/** Tries a delivery as the component's policy says, until it succeeds or deliveries end. */
export function deliverRetried(
  { pubSub }: DeliveryContext,
  { closing }: DeliverySignals,
  attempt: () => Promise<boolean>,
): Promise<boolean> {
  return retried(pubSub.deliveries, closing, attempt);
}

/** Publishes records to the dead-letter topic. @returns whether that worked. */
export async function deadLetter(
  context: DeliveryContext,
  records: readonly BrokerRecord[],
  reason: string,
): Promise<boolean> {
  const { subscription, pubSub, publisher, log } = context;
  const { deadLetterTopic, topic } = subscription;
  if (deadLetterTopic === undefined || records.length === 0) {
    return records.length === 0;
  }
  try {
    const letters = records.map((record) =>
      toRecord(contentOf(record), { ...metadataOf(record), pubsubName: pubSub.name }),
    );
    await publisher.append(pubSub, deadLetterTopic, letters);
    log(`${records.length} of topic ${topic} to ${deadLetterTopic}: ${reason}`);
    return true;
  } catch (error) {
    log(
      `${records.length} of topic ${topic} not to ${deadLetterTopic}: ${(error as Error).message}`,
    );
    return false;
  }
}

/** A record's content as an event; undefined when it is not a JSON object. */
export function parseEvent(record: BrokerRecord): Envelope | undefined {
  try {
    const parsed = JSON.parse(contentOf(record).toString()) as unknown;
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Envelope)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an event's time to live is over. */
export function isExpired({ expiration }: Envelope): boolean {
  return typeof expiration === 'string' && Date.parse(expiration) < Date.now();
}
