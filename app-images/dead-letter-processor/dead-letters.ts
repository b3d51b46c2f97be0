import * as contracts from '@cdk8s-event-platform/contracts';
import {
  type Delivered,
  type DeliveryReceiver,
  inTransaction,
  InvalidEventError,
  jsonPart,
  type Logger,
  parseJson,
  parseReceivedEvent,
  quarantine,
  type ReceivedEvent,
  type RuntimeMetrics,
  wallClock,
} from '@cdk8s-event-platform/runtime';
import type pg from 'pg';
import {
  DEAD_LETTERS_ROUTE,
  type EventContract,
  parseDeadLetterTopic,
} from '../../constructs/contracts/index.ts';

/** Contracts by type, for the keys of their events. */
const CONTRACTS: ReadonlyMap<string, EventContract> = new Map(
  Object.values<EventContract>(contracts).map((contract) => [contract.type, contract]),
);

/** What a sidecar makes of a message that it is told to take as it is. */
interface RawDelivery {
  readonly topic: string;
  readonly message: Buffer;
}

function rawDelivery(body: Uint8Array): RawDelivery {
  const { topic, data_base64: data } = parseJson(body) as Record<string, unknown>;
  if (typeof topic !== 'string' || typeof data !== 'string') {
    throw new InvalidEventError('the body is no raw message: it has no topic or no data_base64');
  }
  return { topic, message: Buffer.from(data, 'base64') };
}

/**
 * The event in a message, of which all may be wrong. Whether it is as its contract says is for its consumer
 * to find out.
 */
function receivedIn(message: Buffer): ReceivedEvent {
  return parseReceivedEvent(jsonPart(message), (type) => ({
    contract: CONTRACTS.get(type) ?? { type, key: '' },
    check: () => [],
  }));
}

/** Puts dead letters into the quarantine of the consumer that they were not delivered to. */
export class DeadLetters implements DeliveryReceiver {
  public constructor(
    private readonly pool: pg.Pool,
    private readonly metrics: RuntimeMetrics,
    private readonly log: Logger,
  ) {}

  public typeOf(path: string): string | undefined {
    return path === DEAD_LETTERS_ROUTE ? 'dead-letter' : undefined;
  }

  public async single(_path: string, body: Uint8Array): Promise<Delivered> {
    try {
      const { topic: name, message } = rawDelivery(body);
      const origin = parseDeadLetterTopic(name);
      if (origin === undefined) {
        throw new InvalidEventError(`'${name}' is not the name of a dead-letter topic`);
      }
      const { topic, appId } = origin;
      const item = receivedIn(message);
      // Its key went on without it: it does not block.
      const reason = item.event === undefined ? 'malformed' : 'undelivered';
      const cause = item.problem?.cause ?? 'the sidecar could not deliver it';
      const from = wallClock();
      await inTransaction(this.pool, (tx) =>
        quarantine(tx, { consumer: appId }, topic, [{ item, reason, cause }]),
      );
      const commit = { from, to: wallClock() };
      this.metrics.deadLettered(topic, appId);
      this.log.warn({ topic, consumer: appId, id: item.id, reason }, 'dead letter');
      return {
        outcomes: ['quarantined'],
        error: undefined,
        traced: () => ({ topic: name, events: [{ event: item.event, commit }] }),
      };
    } catch (error) {
      return { outcomes: [undefined], error };
    }
  }

  public many(): Promise<Delivered> {
    return Promise.reject(new InvalidEventError('dead letters are delivered one by one'));
  }
}
