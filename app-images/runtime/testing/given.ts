import { isDeepStrictEqual } from 'node:util';
import type { StoredEventContract } from '@cdk8s-event-platform/contracts';
import type { Aggregate, CommandOf, Decides } from '../event-store/aggregate.ts';
import { eventsOf, evolved } from '../event-store/decider.ts';
import { storableData } from '../event-store/stored-data.ts';
import type { NewStoredEvent, StoredEvent } from '../event-store/stored-event.ts';
import { CommandRefusedError } from '../errors/stream-errors.ts';

/** Where and when a decision is made. */
export interface GivenOptions {
  /** Id of the stream. @default 'given' */
  readonly id?: string;
  /** The clock, and the time of the events. @default 2026-01-01T00:00:00Z */
  readonly now?: Date;
}

/** What a command has come to. */
export interface Then<State, Contract extends StoredEventContract> {
  /** What has happened, by type and data; none where it was refused. */
  readonly events: readonly { readonly type: string; readonly data: unknown }[];
  /** The state afterwards. */
  readonly state: State;
  /** Why it was refused; undefined where it was not. */
  readonly refused: CommandRefusedError | undefined;
  /**
   * Checks that just these events have happened.
   *
   * @throws Error with both where others have.
   */
  then(...expected: readonly NewStoredEvent<Contract>[]): Then<State, Contract>;
  /** Checks that it was refused for a reason. @throws Error where it was not, or for another one. */
  thenRefused(reason: string): Then<State, Contract>;
}

/** Events that have happened before. */
export interface Given<State, Contract extends StoredEventContract, Decisions> {
  readonly state: State;
  /** Gives a command to the decisions. @throws what a decision throws that is no refusal. */
  when(command: CommandOf<Decisions>): Then<State, Contract>;
}

function storedEvents<Contract extends StoredEventContract>(
  events: readonly NewStoredEvent<Contract>[],
  { id, now, after }: { readonly id: string; readonly now: Date; readonly after: number },
): StoredEvent<Contract>[] {
  return events.map((event, index) => {
    const { contract, data } = event as NewStoredEvent;
    return {
      type: contract.type,
      data: storableData(contract, data),
      schemaVersion: contract.version,
      streamId: id,
      version: after + index + 1,
      position: `0-${after + index + 1}`,
      time: now,
      metadata: {},
    };
  }) as unknown as StoredEvent<Contract>[];
}

function shown(events: readonly { readonly type: string; readonly data: unknown }[]): string {
  return events.length === 0
    ? 'nothing'
    : events.map(({ type, data }) => `${type} ${JSON.stringify(data)}`).join(', ');
}

/**
 * Tests the decisions of an aggregate, without a database: given what has happened, when a command comes, then this happens.
 * Data are checked by their contracts.
 *
 * @example
 * given(account, happened(Opened, { owner: 'ann' }), happened(Deposited, { amount: 50 }))
 *   .when({ type: 'withdraw', amount: 20 })
 *   .then(happened(Withdrawn, { amount: 20 }));
 * given(account).when({ type: 'withdraw', amount: 20 }).thenRefused('not-open');
 */
export function given<
  State,
  Contract extends StoredEventContract,
  Earlier extends StoredEventContract,
  Decisions extends Decides<State, Contract | Earlier>,
>(
  { options: { initial, evolve, decide } }: Aggregate<State, Contract, Earlier, Decisions>,
  ...events: readonly NewStoredEvent<Contract>[]
): Given<State, Contract, Decisions> & {
  at(options: GivenOptions): Given<State, Contract, Decisions>;
} {
  const at = ({
    id = 'given',
    now = new Date('2026-01-01T00:00:00Z'),
  }: GivenOptions): Given<State, Contract, Decisions> => {
    const before = storedEvents(events, { id, now, after: 0 });
    const state = evolved(evolve, initial, before);
    const when = (command: CommandOf<Decisions>): Then<State, Contract> => {
      const { type } = command as { readonly type: string };
      let happenedNow: StoredEvent<Contract>[] = [];
      let refused: CommandRefusedError | undefined;
      try {
        const decided = decide[type]!(state, command as never, {
          ...{ id, version: before.length, now },
        });
        happenedNow = storedEvents(eventsOf(decided) as readonly NewStoredEvent<Contract>[], {
          ...{ id, now, after: before.length },
        });
      } catch (error) {
        if (!(error instanceof CommandRefusedError)) {
          throw error;
        }
        refused = error;
      }
      const seen = (happenedNow as readonly { type: string; data: unknown }[]).map((event) => ({
        type: event.type,
        data: event.data,
      }));
      const said = refused === undefined ? shown(seen) : `a refusal (${refused.reason})`;
      const result: Then<State, Contract> = {
        events: seen,
        state: evolved(evolve, state, happenedNow),
        refused,
        then: (...expected) => {
          const wanted = (expected as readonly NewStoredEvent[]).map(({ contract, data }) => ({
            type: contract.type,
            data: storableData(contract, data),
          }));
          if (refused !== undefined || !isDeepStrictEqual(wanted, seen)) {
            throw new Error(`'${type}' comes to ${said}, and ${shown(wanted)} was expected`);
          }
          return result;
        },
        thenRefused: (reason) => {
          if (refused?.reason !== reason) {
            throw new Error(`'${type}' comes to ${said}, and a refusal (${reason}) was expected`);
          }
          return result;
        },
      };
      return result;
    };
    return { state, when };
  };
  return { ...at({}), at };
}
