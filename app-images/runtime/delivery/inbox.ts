import type pg from 'pg';
import {
  INBOX_TABLE,
  KEEP_INBOX_FUNCTION,
  QUARANTINE_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import { runStatement, type Transaction } from '../database/database.ts';
import { DatabaseUnavailableError } from '../errors/failure.ts';
import { deduplicationKey, type ReceivedEvent } from '../events/received-event.ts';

/** First and last day whose events the inbox remembers. */
export interface RetainedDays {
  readonly oldest: string;
  readonly newest: string;
}

/** Time for which the days are cached, in milliseconds. */
const TRUSTED_FOR = 3_600_000;

/** Maintains the daily partitions of the inbox once an hour: creates new ones and drops expired ones. */
export class InboxPartitions {
  #days: Promise<RetainedDays> | undefined;
  #askedAt = 0;
  #problem: string | undefined;

  public constructor(
    private readonly pool: pg.Pool,
    private readonly retentionDays: number,
  ) {}

  /** Days that the inbox remembers now. @throws DatabaseUnavailableError when the database fails. */
  public retainedDays(): Promise<RetainedDays> {
    if (this.#days === undefined || Date.now() - this.#askedAt > TRUSTED_FOR) {
      this.#askedAt = Date.now();
      const asked = this.#ask();
      this.#days = asked;
      asked.catch(() => {
        if (this.#days === asked) {
          this.#days = undefined;
        }
      });
    }
    return this.#days;
  }

  /** Why maintenance failed the last time; undefined when it succeeded. */
  public get problem(): string | undefined {
    return this.#problem;
  }

  /** Drops the cached days, which may be out of date. */
  public forget(): void {
    this.#days = undefined;
  }

  async #ask(): Promise<RetainedDays> {
    try {
      const { rows } = await runStatement<RetainedDays & pg.QueryResultRow>(
        this.pool,
        `SELECT oldest::text, newest::text FROM ${KEEP_INBOX_FUNCTION}($1)`,
        [this.retentionDays],
      );
      this.#problem = undefined;
      return rows[0]!;
    } catch (error) {
      // No event causes this failure.
      const failure = new DatabaseUnavailableError(
        'the partitions of the inbox cannot be maintained',
        error,
      );
      this.#problem = failure.message;
      throw failure;
    }
  }
}

/*
 * Events that are delivered again in a new epoch of the consumer. One that failed in an earlier epoch, and is in the
 * quarantine, was not processed in it.
 */
const PROCESSED_BEFORE = `SELECT DISTINCT source, event_id, event_day::text FROM ${INBOX_TABLE} earlier
JOIN unnest($3::text[], $4::text[], $5::date[]) AS arrived (source, event_id, event_day) USING (source, event_id, event_day)
WHERE consumer = $1 AND epoch < $2 AND NOT EXISTS (SELECT FROM ${QUARANTINE_TABLE} q
  WHERE q.consumer = $1 AND q.source = earlier.source AND q.event_id = earlier.event_id
    AND q.epoch IS NOT DISTINCT FROM earlier.epoch)`;

/** Deduplication keys of events that were processed in an earlier epoch. */
export async function processedBefore(
  tx: Transaction,
  { consumer, epoch }: InboxScope,
  received: readonly ReceivedEvent[],
): Promise<ReadonlySet<string>> {
  if (epoch === 0 || received.length === 0) {
    return new Set();
  }
  const { rows } = await tx.query<Pick<ClaimRow, 'source' | 'event_id' | 'event_day'>>(
    PROCESSED_BEFORE,
    [
      consumer,
      epoch,
      received.map(({ source }) => source),
      received.map(({ id }) => id),
      received.map(({ day }) => day),
    ],
  );
  return new Set(
    rows.map(({ source, event_id: id, event_day: day }) => deduplicationKey({ source, id, day })),
  );
}

/** Consumer and epoch that claim events. */
export interface InboxScope {
  readonly consumer: string;
  readonly epoch: number;
}

/** Row of {@link CLAIM}: an event that is claimed, or a key that is blocked. */
interface ClaimRow {
  readonly source: string;
  readonly event_id: string;
  readonly event_day: string;
  readonly blocked: string | null;
}

/** Events that are new, and keys that have a blocking event in the quarantine. */
export interface ClaimResult {
  readonly fresh: ReadonlySet<string>;
  readonly blockedKeys: ReadonlySet<string>;
}

/*
 * Rows are inserted in one order everywhere, so that two deliveries of the same events wait for each
 * other instead of deadlocking. A concurrent delivery of an event waits at its row until this
 * transaction has ended, and then finds it, or takes over.
 */
const CLAIM = `WITH taken AS (
  INSERT INTO ${INBOX_TABLE} (consumer, epoch, source, event_id, event_day)
  SELECT $1, $2, source, event_id, event_day
  FROM unnest($3::text[], $4::text[], $5::date[]) AS arrived (source, event_id, event_day)
  ORDER BY source, event_id, event_day
  ON CONFLICT DO NOTHING
  RETURNING source, event_id, event_day
)
SELECT source, event_id, event_day::text, NULL AS blocked FROM taken
UNION ALL
SELECT DISTINCT NULL, NULL, NULL, key FROM ${QUARANTINE_TABLE}
WHERE consumer = $1 AND topic = $6 AND key = ANY ($7::text[]) AND blocks AND status <> 'discarded'`;

/** Keys on a topic that events may be blocked by. */
export interface ClaimedKeys {
  readonly topic: string;
  readonly keys: ReadonlySet<string>;
}

/**
 * Claims events by inserting them into the inbox, and looks for keys that are blocked, in one statement.
 *
 * @param received no two of one source, id and day, and all of days that the inbox remembers.
 */
export async function claim(
  tx: Transaction,
  { consumer, epoch }: InboxScope,
  { topic, keys }: ClaimedKeys,
  received: readonly ReceivedEvent[],
): Promise<ClaimResult> {
  const { rows } = await tx.query<ClaimRow>(CLAIM, [
    consumer,
    epoch,
    received.map(({ source }) => source),
    received.map(({ id }) => id),
    received.map(({ day }) => day),
    topic,
    [...keys],
  ]);
  const fresh = new Set<string>();
  const blockedKeys = new Set<string>();
  for (const { source, event_id: id, event_day: day, blocked } of rows) {
    if (blocked === null) {
      fresh.add(deduplicationKey({ source, id, day }));
    } else {
      blockedKeys.add(blocked);
    }
  }
  return { fresh, blockedKeys };
}
