import type { EventContract, StoredEventContract } from '@cdk8s-event-platform/contracts';
import { keyIn, withCode } from '@cdk8s-event-platform/contracts/internal';
import type { EventTransaction } from '../delivery/event-transaction.ts';
import type { Handler } from '../delivery/handler.ts';
import { HandlerError } from '../errors/failure.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { EventStoreClient } from './event-store.ts';

/** Options of {@link record}. */
export interface RecordOptions<Data> {
  /** Stream that an event goes into. @default - its key */
  readonly stream?: (event: CloudEvent<Data>) => string;
  /** Does more in the transaction of the delivery. @default - nothing */
  readonly then?: (tx: EventTransaction, event: CloudEvent<Data>) => Promise<void>;
}

/**
 * A handler that keeps the events that an app receives in an event store of its own, each once. What is derived from them can be
 * built again at any time, also long after the topic has forgotten them.
 *
 * @throws Error when the streams do not list the event.
 *
 * @example
 * startService(manifest, { on: [record(orders, OrderPlaced), record(orders, OrderShipped)] });
 */
export function record<Data, Type extends string>(
  store: EventStoreClient,
  contract: EventContract<Data, Type>,
  { stream, then }: RecordOptions<Data> = {},
): Handler {
  const { name, events } = store.streams;
  const listed = events.find(
    ({ type, version }: StoredEventContract) =>
      type === contract.type && version === contract.version,
  );
  if (listed === undefined) {
    throw new Error(
      withCode(
        'EP8002',
        `streams '${name}' do not list the event '${contract.type}' ${contract.version} that is recorded: add it to their 'events'`,
      ),
    );
  }
  const streamOf = (event: CloudEvent<Data>): string => {
    const id = stream === undefined ? keyIn(contract, event.data) : stream(event);
    if (id === undefined) {
      throw new InvalidEventError(`an event '${contract.type}' has no key to be recorded by`);
    }
    return id;
  };
  return {
    contract,
    handle: async (tx, received) => {
      for (const event of received as readonly CloudEvent<Data>[]) {
        try {
          const { id, source, time } = event;
          await store.append(tx, streamOf(event), [{ contract: listed, data: event.data }], {
            cause: event,
            received: { id, source, time },
            publish: false,
          });
          await then?.(tx, event);
        } catch (error) {
          throw new HandlerError(event, error);
        }
      }
    },
  };
}
