import { randomUUID } from 'node:crypto';
import { LoadClient, inParallel } from '../testkit/platform/load.ts';
import type { VariantName } from './arms.ts';
import { Paid } from './consumers/paid.ts';
import { PUBSUB } from './names.ts';

/** An event as it is published. */
export interface BenchEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly datacontenttype: string;
  readonly data: {
    readonly payment_id: string;
    readonly account: string;
    readonly amount: number | string;
  };
}

const USERS = 200;
/** One event in so many is poison. */
const POISON_EVERY = 100;
/** One event in so many appears twice. */
const REPEAT_EVERY = 10;
/** How many events lie between the two. */
const REPEAT_AFTER = 25;
const PER_REQUEST = 500;

/** More than the column can hold, and an integer all the same. */
const TOO_MUCH = 3_000_000_000;

/** What makes an event of a variant poison; undefined where none is. */
const POISON: Readonly<Record<VariantName, number | string | undefined>> = {
  clean: undefined,
  duplicates: undefined,
  poison: 'much',
  'poison-db': TOO_MUCH,
};

function payment(variant: VariantName, index: number): Omit<BenchEvent['data'], 'payment_id'> {
  const poison = POISON[variant];
  return poison !== undefined && index % POISON_EVERY === POISON_EVERY - 1
    ? // Accounts of their own: the runtime parks what comes later for the key of a poison event, and
      // soon there would be no effects left to count.
      { account: `poison-${index}`, amount: poison }
    : // Another order in each turn, so that repetitions reach every account.
      {
        account: `user-${(index + Math.floor(index / USERS)) % USERS}`,
        amount: 1 + (index % 10_000),
      };
}

function event(variant: VariantName, index: number): BenchEvent {
  const id = randomUUID();
  return {
    specversion: '1.0',
    id,
    source: '/bench',
    type: Paid.type,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: { payment_id: id, ...payment(variant, index) },
  };
}

/** The events of a variant in the order of publishing; repeated ones come on top of `count`. */
export function benchEvents(variant: VariantName, count: number): BenchEvent[] {
  const events: BenchEvent[] = [];
  const distinct: BenchEvent[] = [];
  for (let index = 0; index < count; index++) {
    const next = event(variant, index);
    distinct.push(next);
    events.push(next);
    const before = index - REPEAT_AFTER;
    if (variant === 'duplicates' && before >= 0 && before % REPEAT_EVERY === 0) {
      events.push(distinct[before]!);
    }
  }
  return events;
}

/**
 * Publishes events in bulk, keyed by account.
 *
 * @throws Error when the sidecar does not confirm all of them.
 */
export async function publish(
  daprPort: number,
  topic: string,
  events: readonly BenchEvent[],
): Promise<void> {
  const client = new LoadClient();
  try {
    await inParallel(Math.ceil(events.length / PER_REQUEST), 2, async (request) => {
      const entries = events
        .slice(request * PER_REQUEST, (request + 1) * PER_REQUEST)
        .map((next, index) => ({
          entryId: String(index),
          event: next,
          contentType: 'application/cloudevents+json',
          metadata: { partitionKey: next.data.account },
        }));
      const { status, body } = await client.post(
        daprPort,
        `/v1.0/publish/bulk/${PUBSUB}/${topic}`,
        JSON.stringify(entries),
        { 'content-type': 'application/json' },
      );
      if (status !== 204) {
        throw new Error(`the sidecar answered ${status} to events for ${topic}: ${body}`);
      }
    });
  } finally {
    client.close();
  }
}
