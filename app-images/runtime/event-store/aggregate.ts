import type { StoredEventContract } from '@cdk8s-event-platform/contracts';
import { holdsPersonalData, withCode } from '@cdk8s-event-platform/contracts/internal';
import type { Transaction } from '../database/database.ts';
import { StreamConflictError } from '../errors/stream-errors.ts';
import { causeOf } from '../outbox/event-publisher.ts';
import { appScope } from '../process/app-scope.ts';
import { causeKeyOf } from './append.ts';
import { type Decision, eventsOf, evolved, type Evolve } from './decider.ts';
import {
  type AppendOptions,
  type AppendTransaction,
  type EventStoreClient,
  expectedVersion,
} from './event-store.ts';
import { lockStream, type Snapshot, Snapshots } from './snapshots.ts';
import type { StoredEvent } from './stored-event.ts';
import type { StreamName } from './stream-name.ts';
import { findAppended } from './stored-rows.ts';
import { storeScope } from './store-scope.ts';

/** What a decision is given beside state and command. */
export interface DecisionContext {
  /** Id of the stream. */
  readonly id: string;
  /** Version of the stream; 0 where it has no events. */
  readonly version: number;
  /** The app's clock: a decision has no other. */
  readonly now: Date;
}

/** Decides what a command comes to. It changes nothing, and asks nobody: the same inputs give the same events. */
export type Decide<State, Command, Contract extends StoredEventContract> = (
  state: State,
  command: Command,
  context: DecisionContext,
) => Decision<Contract>;

/** Decisions by the name of the command. */
export type Decides<State, Contract extends StoredEventContract> = Readonly<
  // Parameters of decisions are what commands are made of.
  Record<string, (state: State, command: never, context: DecisionContext) => Decision<Contract>>
>;

/** What an aggregate is made of. */
export interface AggregateOptions<
  State,
  Contract extends StoredEventContract,
  Earlier extends StoredEventContract,
  Decisions extends Decides<State, Contract | Earlier>,
> {
  /** State of a stream without events. */
  readonly initial: State;
  /** What each event makes of the state, by type. It returns another state, and changes nothing. */
  readonly evolve: Evolve<NoInfer<State>, Contract>;
  /** What each command comes to, by its name: what has happened, or a {@link CommandRefusedError} that is thrown. */
  readonly decide: Decisions;
  /**
   * Events after which the state of a stream is stored, so that loading goes on from there. For streams of more than a
   * few hundred events.
   * @default - never
   */
  readonly snapshotEvery?: number;
  /** Version of the state: stored states of another one are ignored. Raise it when `evolve` or the state changes. @default 1 */
  readonly stateVersion?: number;
  /**
   * Whom a state is about: it is stored encrypted with a key of this person. Mandatory where states are stored of streams
   * with personal data.
   * @default - states are stored as they are
   */
  readonly snapshotSubject?: (state: State) => string;
}

/** Command of an aggregate: its name, and what the decision takes. */
export type CommandOf<Decisions> = {
  readonly [Name in keyof Decisions]: Decisions[Name] extends (
    state: never,
    command: infer Command,
    context: DecisionContext,
  ) => unknown
    ? unknown extends Command
      ? { readonly type: Name }
      : { readonly type: Name } & Command
    : never;
}[keyof Decisions];

/** State of a stream as it was loaded. */
export interface LoadedState<State> {
  readonly id: string;
  /** Version of the stream; 0 where it has no events. */
  readonly version: number;
  readonly state: State;
}

/** What a command has come to. */
export interface HandledCommand<State, Event> extends LoadedState<State> {
  /** What has happened; none where the decision was that nothing does. */
  readonly events: readonly Event[];
  /** Where the last event is among all: projections that have come to it have them all. @default - nothing has happened */
  readonly position?: string;
  /** Whether the same command had been handled before, and nothing happened now. */
  readonly repeated: boolean;
}

/** Which state is loaded. */
export interface LoadStateOptions {
  /** The state at a time. @default - the newest */
  readonly at?: Date;
  /** The state with this version. @default - the newest */
  readonly version?: number;
}

/** A stream's state and decisions. See {@link aggregate}. */
export class Aggregate<
  State,
  Contract extends StoredEventContract,
  Earlier extends StoredEventContract,
  Decisions extends Decides<State, Contract | Earlier>,
> {
  readonly #snapshots: Snapshots | undefined;

  /** @internal */
  public constructor(
    public readonly store: EventStoreClient<Contract, Earlier>,
    public readonly options: AggregateOptions<State, Contract, Earlier, Decisions>,
  ) {
    const { name } = store.streams;
    const { snapshotEvery, stateVersion = 1, snapshotSubject } = options;
    const problems = [
      ...(snapshotEvery !== undefined && !(Number.isInteger(snapshotEvery) && snapshotEvery > 0)
        ? [`snapshotEvery (${snapshotEvery}) must be a whole number of at least 1`]
        : []),
      ...(Number.isInteger(stateVersion) && stateVersion > 0
        ? []
        : [`stateVersion (${stateVersion}) must be a whole number of at least 1`]),
      ...(snapshotEvery !== undefined &&
      snapshotSubject === undefined &&
      holdsPersonalData(store.streams)
        ? [
            'states are stored and hold personal data: say whom they are about with snapshotSubject, or leave snapshotEvery out',
          ]
        : []),
      ...store.streams.events
        .filter(({ type }) => !Object.hasOwn(options.evolve, type))
        .map(({ type }) => `evolve has nothing for '${type}': add it`),
    ];
    if (problems.length > 0) {
      throw new Error(withCode('EP8002', `aggregate of '${name}': ${problems.join('; ')}`));
    }
    this.#snapshots =
      snapshotEvery === undefined
        ? undefined
        : new Snapshots(snapshotEvery, stateVersion, snapshotSubject as (state: unknown) => string);
  }

  /**
   * Handles a command: loads the state, decides, appends what happens, and publishes those events that the manifest
   * publishes, in one transaction. Commands of one stream are handled one after the other. The same command of the same cause
   * is handled once: repeated, it returns what has happened.
   *
   * @throws CommandRefusedError when the state does not allow the command: nothing is appended.
   */
  public async handle(
    tx: AppendTransaction,
    id: string,
    command: CommandOf<Decisions>,
    options: Omit<AppendOptions, 'received'> = {},
  ): Promise<HandledCommand<State, StoredEvent<Contract>>> {
    const { store } = this;
    const scope = storeScope(store.streams.name);
    const name = store.nameOf(scope, id);
    const type = (command as { readonly type: string }).type;
    const decide = Object.hasOwn(this.options.decide, type) ? this.options.decide[type] : undefined;
    if (decide === undefined) {
      throw new Error(
        `aggregate of '${store.streams.name}' has no decision for the command '${type}': use ${Object.keys(this.options.decide).join(', ')}`,
      );
    }
    await lockStream(tx, name);
    const cause = options.cause ?? causeOf(tx);
    const discriminator = options.discriminator ?? type;
    const causeKey = cause && causeKeyOf(cause, discriminator);
    const note = causeKey === undefined ? undefined : store.claimCause(tx, id, causeKey);
    const loaded = await this.#load(tx, id, {});
    const { version, state } = loaded;
    const before =
      causeKey === undefined ? [] : await this.#handledBefore(tx, name, causeKey, loaded);
    if (before.length > 0) {
      note?.();
      appScope().metrics.appended(store.streams.name, 'repeated');
      return {
        ...{ id, version, state },
        events: before,
        position: before.at(-1)!.position,
        repeated: true,
      };
    }
    const expected = expectedVersion(options.expected) ?? version;
    if (expected !== version) {
      throw new StreamConflictError(store.streams.name, id, expected, version);
    }
    const decided = eventsOf(
      decide(state, command as never, { id, version, now: new Date(appScope().now()) }),
    );
    if (decided.length === 0) {
      return { ...{ id, version, state }, events: [], repeated: false };
    }
    const result = await store.append(tx, id, decided, {
      ...options,
      ...{ discriminator, expected },
    });
    const next = evolved(this.options.evolve, state, result.events);
    await this.#snapshots?.keep(tx, name, scope.sealing, {
      ...{ version: result.version, state: next, before: version },
      time: result.events.at(-1)!.time,
    });
    return { id, state: next, ...result };
  }

  /** Loads the state of a stream, as it is, or as it was. */
  public async load(
    tx: Pick<Transaction, 'query'>,
    id: string,
    options: LoadStateOptions = {},
  ): Promise<LoadedState<State>> {
    const { version, state } = await this.#load(tx, id, options);
    return { id, version, state };
  }

  /** What a command has appended before; nothing where it has not. */
  async #handledBefore(
    tx: Pick<Transaction, 'query'>,
    name: StreamName,
    causeKey: string,
    { causes, snapshot }: { readonly causes: ReadonlySet<string>; readonly snapshot: unknown },
  ): Promise<readonly StoredEvent<Contract>[]> {
    // All causes were loaded where no stored state stands for some events.
    if (!causes.has(causeKey) && snapshot === undefined) {
      return [];
    }
    const rows = await findAppended(tx, name, causeKey);
    const range = { after: (rows[0]?.version ?? 1) - 1, version: rows.at(-1)?.version ?? 0 };
    return rows.length === 0 ? [] : (await this.store.load(tx, name.stream, range)).events;
  }

  async #load(tx: Pick<Transaction, 'query'>, id: string, { at, version }: LoadStateOptions) {
    const { store } = this;
    const scope = storeScope(store.streams.name);
    const snapshot: Snapshot | undefined = await this.#snapshots?.find(
      tx,
      store.nameOf(scope, id),
      scope.sealing,
      { at, version },
    );
    const after = snapshot?.version ?? 0;
    const { rows, events } = await store.loadRows(tx, id, { after, at, until: version });
    return {
      snapshot,
      version: rows.at(-1)?.version ?? after,
      causes: new Set(rows.flatMap(({ cause }) => cause ?? [])),
      state: evolved(
        this.options.evolve,
        snapshot === undefined ? this.options.initial : (snapshot.state as State),
        events,
      ),
    };
  }
}

/**
 * Decisions on the streams of a store: pure functions, which are tested without a database, and what runs them on it.
 *
 * @throws Error when an event of the streams has nothing in `evolve`.
 *
 * @example
 * const account = aggregate(accounts, {
 *   initial: { balance: 0 },
 *   evolve: {
 *     [Deposited.type]: (state, { data }) => ({ balance: state.balance + data.amount }),
 *     [Withdrawn.type]: (state, { data }) => ({ balance: state.balance - data.amount }),
 *   },
 *   decide: {
 *     withdraw: ({ balance }, { amount }: { amount: number }) => {
 *       if (amount > balance) {
 *         throw new CommandRefusedError('insufficient-funds', `the account has ${balance}`);
 *       }
 *       return happened(Withdrawn, { amount });
 *     },
 *   },
 * });
 * await account.handle(tx, id, { type: 'withdraw', amount: 20 });
 */
export function aggregate<
  Contract extends StoredEventContract,
  Earlier extends StoredEventContract,
  State,
  const Decisions extends Decides<State, Contract | Earlier>,
>(
  store: EventStoreClient<Contract, Earlier>,
  options: AggregateOptions<State, Contract, Earlier, Decisions>,
): Aggregate<State, Contract, Earlier, Decisions> {
  return new Aggregate(store, options);
}
