import { setTimeout as sleep } from 'node:timers/promises';
import { idempotencyKey } from '../../app-images/runtime/effects/effects.ts';
import { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import type { RunningPlatform } from './platform.ts';
import type { RunningApp } from './running-apps.ts';

/** Apps whose effects are counted. */
export const CONSUMERS = ['task-processor', 'notification-sender', 'analytics-aggregator'] as const;

/** What became of the events at one consumer. */
export interface Tally {
  readonly consumer: string;
  /** Deliveries answered. */
  readonly received: number;
  /** Effects committed, as the consumer counts them. */
  readonly processed: number;
  /** Deliveries of events whose effect had been committed. */
  readonly suppressed: number;
  /** Events in the consumer's quarantine. */
  readonly quarantined: number;
  /** Messages from the consumer's dead-letter topic; they are in the quarantine, too. */
  readonly deadLettered: number;
  /** Events that were published and have no effect. */
  readonly lost: number;
  /** Effects beyond the first of an event. */
  readonly doubled: number;
}

/** What the producer has confirmed: the user of each event id. */
export type Confirmed = ReadonlyMap<string, string>;

/** Sums of a counter's samples, by the value of one label. */
export function sumByLabel(text: string, metric: string, label: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^([a-zA-Z_:][\w:]*)\{(.*)\} (\S+)/.exec(line);
    if (match?.[1] === metric) {
      const value = new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(match[2]!)?.[1] ?? '';
      sums.set(value, (sums.get(value) ?? 0) + Number(match[3]));
    }
  }
  return sums;
}

/** The page of an app's or a sidecar's metrics endpoint, once it answers: a sidecar may be restarting. */
export async function scrape(port: number): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    } catch (error) {
      if (attempt === 40) {
        throw new Error(`no metrics on port ${port}`, { cause: error });
      }
      await sleep(500);
    }
  }
}

/** How to count the effects of each event (or, for the aggregator, of each user) in the database. */
export const EFFECTS: Readonly<Record<(typeof CONSUMERS)[number], string>> = {
  'task-processor': 'SELECT event_id AS key, count(*)::int AS effects FROM tasks GROUP BY 1',
  'notification-sender': `SELECT event_id AS key, count(*)::int AS effects FROM effects WHERE consumer = 'notification-sender' AND status = 'done' GROUP BY 1`,
  'analytics-aggregator':
    'SELECT user_id AS key, sum(count)::int AS effects FROM aggregations GROUP BY 1',
};

/** Compares the effects of a consumer with what was confirmed. */
export function compare(
  consumer: string,
  confirmed: Confirmed,
  effects: ReadonlyMap<string, number>,
): Pick<Tally, 'lost' | 'doubled'> {
  const expected = new Map<string, number>();
  for (const [eventId, user] of confirmed) {
    const key = consumer === 'analytics-aggregator' ? user : eventId;
    expected.set(key, (expected.get(key) ?? 0) + 1);
  }
  let lost = 0;
  let doubled = 0;
  for (const key of new Set([...expected.keys(), ...effects.keys()])) {
    const difference = (effects.get(key) ?? 0) - (expected.get(key) ?? 0);
    lost += Math.max(0, -difference);
    doubled += Math.max(0, difference);
  }
  return { lost, doubled };
}

async function quarantined(platform: RunningPlatform, appId: string): Promise<number> {
  const { rows } = await platform.database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM quarantine WHERE consumer = $1 AND status <> 'discarded'`,
    [appId],
  );
  return rows[0]!.count;
}

/** Messages that the dead-letter processor took from a consumer's dead-letter topic. */
async function deadLettered(platform: RunningPlatform, appId: string): Promise<number> {
  const { metricsPort } = platform.apps.get('dead-letter-processor')!;
  const text = await scrape(metricsPort);
  return sumByLabel(text, RUNTIME_METRICS.eventsDeadLettered, 'consumer').get(appId) ?? 0;
}

/** An effect as the database has it. */
interface Noted {
  readonly source: string;
  readonly event_id: string;
  readonly day: string | null;
}

/**
 * Mails that arrived, by the event that they are about: a Message-ID is the key of an effect, and a
 * repeat has the same. One that no effect has is counted under its own Message-ID.
 */
async function mailsByEvent({ mails, database }: RunningPlatform): Promise<Map<string, number>> {
  const { rows } = await database.query<Noted>(
    `SELECT source, event_id, event_day::text AS day FROM effects WHERE consumer = 'notification-sender'`,
  );
  const events = new Map(
    rows.map(({ source, event_id: id, day }) => [
      idempotencyKey(['notification-sender', 'notification', source, id], day),
      id,
    ]),
  );
  const counts = new Map<string, number>();
  for (const messageId of new Set(mails.mails.map((mail) => mail.messageId))) {
    const event = events.get(/^<([0-9a-f]+)@/.exec(messageId)?.[1] ?? '') ?? messageId;
    counts.set(event, (counts.get(event) ?? 0) + 1);
  }
  return counts;
}

/** Effects of each event: notifications where they arrive, all others in the database. */
async function effectsByKey(
  platform: RunningPlatform,
  consumer: keyof typeof EFFECTS,
): Promise<ReadonlyMap<string, number>> {
  if (consumer === 'notification-sender') {
    return mailsByEvent(platform);
  }
  const { rows } = await platform.database.query<{ key: string; effects: number }>(
    EFFECTS[consumer],
  );
  return new Map(rows.map(({ key, effects: count }) => [key, count]));
}

/** Compares what was confirmed with what is in the database, and at the mail server. */
export async function tally(
  platform: RunningPlatform,
  { appId, metricsPort }: RunningApp,
  confirmed: Confirmed,
): Promise<Tally> {
  const found = await effectsByKey(platform, appId as keyof typeof EFFECTS);
  const added = platform.more.filter((pod) => pod.appId === appId);
  const ports = [metricsPort, ...added.map((pod) => pod.metricsPort)];
  const texts = await Promise.all(ports.map(scrape));
  const results = sumByLabel(texts.join('\n'), RUNTIME_METRICS.eventsConsumed, 'result');
  return {
    consumer: appId,
    received: [...results.values()].reduce((sum, count) => sum + count, 0),
    processed: results.get('processed') ?? 0,
    suppressed: results.get('duplicate') ?? 0,
    quarantined: await quarantined(platform, appId),
    deadLettered: await deadLettered(platform, appId),
    ...compare(appId, confirmed, found),
  };
}
