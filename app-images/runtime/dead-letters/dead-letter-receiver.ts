import type pg from 'pg';
import {
  contractName,
  DEAD_LETTERS_ROUTE,
  parseDataSchema,
  parseDeadLetterTopic,
} from '@cdk8s-event-platform/contracts/interface';
import type { Outcome } from '../delivery/batch-transaction.ts';
import { inTransaction } from '../database/database.ts';
import type { DeliveryResult, DeliveryReceiver } from '../delivery/delivery-processor.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { keyOf } from '../events/event-reader.ts';
import { jsonPart, type JsonPart, parseJson, readJson } from '../events/json.ts';
import type { Logger } from '../telemetry/logging.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';
import { quarantine } from '../quarantine/quarantine.ts';
import { parseReceivedEvent, type ReceivedEvent } from '../events/received-event.ts';
import type { TracedEvent } from '../delivery/trace-delivery.ts';
import { wallClock } from '../telemetry/wall-clock.ts';
import type { EventKeys } from './event-keys.ts';

/** A message from its Base64. */
function decoded(data: unknown): Buffer {
  if (typeof data !== 'string') {
    throw new InvalidEventError('the body is not a raw message: it has no Base64 data');
  }
  return Buffer.from(data, 'base64');
}

/** What a sidecar makes of a message that it is told to take as it is, where it delivers one by one. */
function rawMessage(body: Uint8Array): Buffer {
  return decoded((parseJson(body) as Record<string, unknown>).data_base64);
}

/**
 * The event in a message, of which all may be wrong. Whether it is as its contract says is for its consumer
 * to find out.
 */
function receivedIn(message: Buffer, keys: EventKeys): ReceivedEvent {
  return parseReceivedEvent(jsonPart(message), (event) => {
    const version = parseDataSchema(event.dataschema);
    const key =
      (version === undefined ? undefined : keys.get(contractName(version))) ?? keys.get(event.type);
    return { data: event.data, key: keyOf(event.data, { key: key ?? '' }), causes: [] };
  });
}

/** Puts dead letters into the quarantine of the consumer that they were not delivered to. */
export class DeadLetterReceiver implements DeliveryReceiver {
  public constructor(
    private readonly keys: EventKeys,
    private readonly pool: pg.Pool,
    private readonly metrics: RuntimeMetrics,
    private readonly log: Logger,
  ) {}

  public typeOf(path: string): string | undefined {
    return path.startsWith(`${DEAD_LETTERS_ROUTE}/`) ? 'dead-letter' : undefined;
  }

  public single(path: string, body: Uint8Array): Promise<DeliveryResult> {
    return this.#collect(path, [() => rawMessage(body)]);
  }

  public many(path: string, entries: readonly JsonPart[]): Promise<DeliveryResult> {
    return this.#collect(
      path,
      entries.map((entry) => () => decoded(readJson(entry).value)),
    );
  }

  /** Keeps each message in a transaction of its own. Those behind one that cannot be kept are delivered again with it. */
  async #collect(path: string, messages: readonly (() => Buffer)[]): Promise<DeliveryResult> {
    const name = path.slice(DEAD_LETTERS_ROUTE.length + 1);
    const outcomes: Outcome[] = [];
    const events: TracedEvent[] = [];
    let error: unknown;
    try {
      for (const message of messages) {
        events.push(await this.#keep(name, message()));
        outcomes.push('quarantined');
      }
    } catch (failure) {
      error = failure;
    }
    return {
      outcomes: messages.map((_, index) => outcomes[index]),
      error,
      traced: () => ({ topic: name, events }),
    };
  }

  async #keep(name: string, message: Buffer): Promise<TracedEvent> {
    const origin = parseDeadLetterTopic(name);
    if (origin === undefined) {
      throw new InvalidEventError(`'${name}' is not the name of a dead-letter topic`);
    }
    const { topic, appId } = origin;
    const item = receivedIn(message, this.keys);
    // Later events of its key were processed: it does not block them.
    const reason = item.event === undefined ? 'malformed' : 'undelivered';
    const cause = item.problem?.cause ?? 'the sidecar could not deliver it';
    const from = wallClock();
    await inTransaction(this.pool, (tx) =>
      quarantine(tx, { consumer: appId }, topic, [{ item, reason, cause }]),
    );
    this.metrics.deadLettered(topic, appId);
    this.log.warn({ topic, consumer: appId, id: item.id, reason }, 'dead letter');
    return { event: item.event, commit: { from, to: wallClock() } };
  }
}
