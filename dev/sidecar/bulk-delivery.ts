import { randomUUID } from 'node:crypto';
import type { BrokerRecord } from '../broker/broker.ts';
import type { AppAnswer } from './app-channel.ts';
import {
  contentOf,
  deadLetter,
  type DeliveryContext,
  type DeliverySignals,
  deliverRetried,
  isExpired,
  metadataOf,
  parseEvent,
  postDelivery,
} from './delivery.ts';
import { childOf } from './trace.ts';

/** An event of a bulk. */
interface Entry {
  readonly entryId: string;
  readonly record: BrokerRecord;
  /** As the app gets it. */
  readonly event: unknown;
  readonly contentType: string;
  readonly path: string;
}

/** Sorts records by what becomes of them. */
interface Sorted {
  readonly entries: readonly Entry[];
  /** Not JSON objects, or without what a rule asks for. */
  readonly unreadable: readonly BrokerRecord[];
  /** Expired. */
  readonly expired: readonly BrokerRecord[];
}

const BODY_TYPE = 'application/json';

function sort({ routes, subscription }: DeliveryContext, records: readonly BrokerRecord[]): Sorted {
  const raw = subscription.metadata?.rawPayload === 'true';
  const entries: Entry[] = [];
  const unreadable: BrokerRecord[] = [];
  const expired: BrokerRecord[] = [];
  records.forEach((record, index) => {
    // What is raw has no type: only the default route matches it, and rules fail.
    const event = raw ? {} : parseEvent(record);
    const path = event && routes.pathOf(event);
    if (event === undefined || path === undefined) {
      unreadable.push(record);
    } else if (isExpired(event)) {
      expired.push(record);
    } else {
      entries.push({
        ...{ entryId: String(index), record, path },
        event: raw ? contentOf(record).toString('base64') : event,
        contentType: raw ? 'application/octet-stream' : 'application/cloudevents+json',
      });
    }
  });
  return { entries, unreadable, expired };
}

/** Status of each entry, by its id; undefined when the answer is not a list of them. */
function statusesOf({ body }: AppAnswer): ReadonlyMap<string, string> | undefined {
  try {
    const { statuses = [] } = JSON.parse(body) as {
      statuses?: readonly { entryId?: unknown; status?: unknown }[] | null;
    };
    const found = (statuses ?? []).map(({ entryId = '', status = '' }) => [entryId, status]);
    return found.flat().every((part) => typeof part === 'string')
      ? new Map(found as [string, string][])
      : undefined;
  } catch {
    return undefined;
  }
}

/** Which entries have to be tried again, and which the app drops, by its answer. */
function divided(entries: readonly Entry[], answer: AppAnswer | undefined) {
  if (answer?.status === 404) {
    return { retry: [], dropped: [] };
  }
  const answered = answer !== undefined && answer.status >= 200 && answer.status <= 299;
  const statuses = answered ? statusesOf(answer) : undefined;
  const having = (status: string) =>
    entries.filter(({ entryId }) => statuses?.get(entryId) === status);
  const settled = new Set([...having('SUCCESS'), ...having('DROP')]);
  return { retry: entries.filter((entry) => !settled.has(entry)), dropped: having('DROP') };
}

function bodyOf({ subscription, pubSub }: DeliveryContext, entries: readonly Entry[]): Buffer {
  const metadata = { pubsubName: pubSub.name };
  return Buffer.from(
    JSON.stringify({
      ...{ id: randomUUID(), type: 'com.dapr.event.sent.bulk', metadata },
      ...{ topic: subscription.topic, pubsubname: pubSub.name },
      entries: entries.map(({ entryId, event, record, contentType }) => ({
        ...{ entryId, event, contentType },
        metadata: metadataOf(record),
      })),
    }),
  );
}

/** Delivers the events of one path. @returns those that the app has not taken. */
async function deliverPath(
  context: DeliveryContext,
  path: string,
  entries: readonly Entry[],
  signals: DeliverySignals,
): Promise<readonly Entry[]> {
  let open = entries;
  await deliverRetried(context, signals, async () => {
    const last = open.at(-1)!.event as { traceparent?: unknown };
    const answer = await postDelivery(
      context,
      {
        ...{ path, body: bodyOf(context, open), contentType: BODY_TYPE },
        headers: { pubsubName: context.pubSub.name, traceparent: childOf(last.traceparent) },
      },
      signals.cut,
    );
    const { retry, dropped } = divided(open, answer);
    await deadLetter(
      context,
      dropped.map(({ record }) => record),
      'the app has dropped it',
    );
    open = retry;
    return open.length === 0;
  });
  return open;
}

/**
 * Delivers events in one request for each path.
 *
 * @returns how many of the first ones are processed: acknowledged by the app, or in the dead-letter topic.
 * @see https://github.com/dapr/dapr/blob/v1.18.3/pkg/runtime/subscription/bulksubscription.go
 */
export async function deliverBulk(
  context: DeliveryContext,
  records: readonly BrokerRecord[],
  signals: DeliverySignals,
): Promise<number> {
  const { entries, unreadable, expired } = sort(context, records);
  await deadLetter(context, expired, 'it has expired');
  const open = new Set<BrokerRecord>();
  for (const path of new Set(entries.map((entry) => entry.path))) {
    const ofPath = entries.filter((entry) => entry.path === path);
    const left = await deliverPath(context, path, ofPath, signals);
    left.forEach(({ record }) => open.add(record));
  }
  if (open.size > 0 && signals.closing.aborted) {
    return firstOf(records, new Set([...open, ...unreadable]));
  }
  const failed = records.filter((record) => open.has(record) || unreadable.includes(record));
  const dead = await deadLetter(context, failed, 'not readable, or its tries are used up');
  return dead ? records.length : firstOf(records, new Set(failed));
}

/** How many records come before the first of these. */
function firstOf(records: readonly BrokerRecord[], open: ReadonlySet<BrokerRecord>): number {
  const first = records.findIndex((record) => open.has(record));
  return first === -1 ? records.length : first;
}
