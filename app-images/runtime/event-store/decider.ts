import type { StoredEventContract } from '@cdk8s-event-platform/contracts';
import type { NewStoredEventOf, StoredEvent, StoredEventOfType } from './stored-event.ts';

/** What happens: one event, several in their order, or nothing. */
export type Decision<Contract extends StoredEventContract> =
  NewEventOf<Contract> | readonly NewEventOf<Contract>[];

/** One of the events of contracts. */
type NewEventOf<Contract extends StoredEventContract> = Contract extends unknown
  ? NewStoredEventOf<Contract>
  : never;

/** What each event makes of a state, by type. */
export type Evolve<State, Contract extends StoredEventContract> = {
  readonly [Type in Contract['type']]: (
    state: State,
    event: StoredEventOfType<Contract, Type>,
  ) => State;
};

/** The events of a decision. */
export function eventsOf<Contract extends StoredEventContract>(
  decision: Decision<Contract>,
): readonly NewEventOf<Contract>[] {
  return Array.isArray(decision)
    ? (decision as readonly NewEventOf<Contract>[])
    : [decision as NewEventOf<Contract>];
}

/** The state behind events. */
export function evolved<State, Contract extends StoredEventContract>(
  evolve: Evolve<State, Contract>,
  from: State,
  events: readonly StoredEvent<Contract>[],
): State {
  const functions = evolve as unknown as Readonly<
    Record<string, (state: State, event: unknown) => State>
  >;
  let state = from;
  for (const event of events as readonly { readonly type: string }[]) {
    state = functions[event.type]!(state, event);
  }
  return state;
}
