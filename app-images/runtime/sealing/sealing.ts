import type {
  AppManifest,
  EventContract,
  StoredEventContract,
} from '@cdk8s-event-platform/contracts';
import { PERSONAL_DATA_ENV } from '@cdk8s-event-platform/contracts/interface';
import {
  contractsOfStreams,
  marksOf,
  replaceMarked,
  withCode,
} from '@cdk8s-event-platform/contracts/internal';
import type { Transaction } from '../database/database.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import type { Variables } from '../process/environment.ts';
import {
  type ClaimCheck,
  claimChecksOf,
  claimIn,
  claimName,
  packClaim,
  unpackClaim,
} from './claim-check.ts';
import { hasPersonalData, type OpenedData, PersonalData } from './personal-data.ts';
import { masterKeys, SubjectKeys } from './subject-keys.ts';

/** What {@link Sealing} needs. */
export interface SealingOptions {
  /** Where large values are kept. @default - nowhere */
  readonly claims?: readonly ClaimCheck[] | undefined;
  /** Variables with the master keys. @default - those of the process */
  readonly env?: Variables | undefined;
  /** Milliseconds since 1970. @default - the system's clock */
  readonly now?: (() => number) | undefined;
}

/** Whether events of a contract hold values that are encrypted or kept elsewhere. */
export function needsSealing({ schema }: EventContract): boolean {
  return marksOf(schema).size > 0;
}

/** A stored event as contracts of published events are: it says whom it is about, and has no key. */
function withKey(contract: StoredEventContract): EventContract {
  return { topic: '', key: contract.subject ?? '', ...contract };
}

/** The properties of a contract that may be in a store. */
function claimFields({ schema }: EventContract): string[] {
  return marksOf(schema).has('claimCheck')
    ? Object.entries(schema.properties).flatMap(([name, property]) =>
        (property as Record<string, unknown>).claimCheck === true ? [name] : [],
      )
    : [];
}

/** Bytes of the values of an event that are in a store. */
export function claimedBytes(contract: EventContract, data: unknown): number {
  const values = (data ?? {}) as Readonly<Record<string, unknown>>;
  return claimFields(contract).reduce(
    (sum, field) => sum + (claimIn(values[field])?.bytes ?? 0),
    0,
  );
}

/** Turns the data of events into what is on the wire, and back: personal data are encrypted, large values kept in a store. */
export class Sealing {
  readonly #personal: PersonalData | undefined;
  readonly #claims: ReadonlyMap<string, ClaimCheck>;
  readonly #now: () => number;

  /** @throws Error when an event of the app holds personal data and there is no master key, or a large value has no store. */
  public constructor(
    { appId, publishes = [], subscribes = [], streams = [] }: AppManifest,
    { claims = [], env = process.env, now = Date.now }: SealingOptions = {},
  ) {
    const contracts = [...publishes, ...subscribes];
    this.#now = now;
    this.#claims = claimChecksOf(claims);
    const unbound = contracts.flatMap((contract) =>
      claimFields(contract).flatMap((field) =>
        this.#claims.has(claimName(contract, field)) ? [] : [`'${field}' of ${contract.type}`],
      ),
    );
    if (unbound.length > 0) {
      throw new Error(
        withCode(
          'EP8002',
          `${appId}: no store for ${[...new Set(unbound)].join(', ')}: add claims: [claimCheck(contract, field, postgresClaims())]`,
        ),
      );
    }
    if ([...contracts, ...streams.flatMap(contractsOfStreams)].some(hasPersonalData)) {
      const [current, ...previous] = masterKeys(env);
      if (current === undefined) {
        throw new Error(
          withCode(
            'EP8001',
            `${PERSONAL_DATA_ENV.key} is not set, and events of ${appId} hold personal data: give the master key`,
          ),
        );
      }
      this.#personal = new PersonalData(new SubjectKeys([current, ...previous]));
    }
  }

  /** What is stored of data: personal ones are encrypted, and large values stay. @throws InvalidEventError when a person was erased. */
  public async sealStored(
    tx: Transaction,
    contract: StoredEventContract,
    list: readonly unknown[],
  ): Promise<readonly unknown[]> {
    return this.#personal !== undefined && hasPersonalData(contract)
      ? this.#personal.seal(tx, withKey(contract), list)
      : list;
  }

  /** The data of stored events. */
  public async openStored(
    tx: Pick<Transaction, 'query'>,
    contract: StoredEventContract,
    list: readonly unknown[],
  ): Promise<readonly OpenedData[]> {
    return this.#personal !== undefined && hasPersonalData(contract)
      ? this.#personal.open(tx, withKey(contract), list)
      : list.map((data): OpenedData => ({ data }));
  }

  /** What is published of data. @throws InvalidEventError when they cannot be published. */
  public async seal(
    tx: Transaction,
    contract: EventContract,
    list: readonly unknown[],
  ): Promise<readonly unknown[]> {
    const encrypted =
      this.#personal !== undefined && hasPersonalData(contract)
        ? await this.#personal.seal(tx, contract, list)
        : list;
    return claimFields(contract).length === 0
      ? encrypted
      : Promise.all(encrypted.map((data) => this.#putClaims(tx, contract, data)));
  }

  /** The data of events, as handlers get them. */
  public async open(
    tx: Pick<Transaction, 'query'>,
    contract: EventContract,
    list: readonly unknown[],
  ): Promise<readonly OpenedData[]> {
    const opened =
      this.#personal !== undefined && hasPersonalData(contract)
        ? await this.#personal.open(tx, contract, list)
        : list.map((data): OpenedData => ({ data }));
    if (claimFields(contract).length === 0) {
      return opened;
    }
    const result: OpenedData[] = [];
    for (const each of opened) {
      result.push(await this.#getClaims(tx, contract, each));
    }
    return result;
  }

  /**
   * Checks that nobody was erased since data were opened, and has erasures wait for the transaction.
   *
   * @throws ErasedMeanwhileError when somebody was: the event has to be opened again.
   */
  public async checkNotErased(
    tx: Pick<Transaction, 'query'>,
    events: readonly { readonly subject?: string }[],
  ): Promise<void> {
    const subjects = new Set(events.flatMap(({ subject }) => subject ?? []));
    if (subjects.size > 0) {
      await this.#personal?.checkNotErased(tx, subjects);
    }
  }

  /** Payloads of side effects as they are stored. */
  public sealPayloads(
    tx: Transaction,
    payloads: readonly { readonly payload: unknown; readonly subject: string | undefined }[],
  ): Promise<readonly unknown[]> {
    if (this.#personal !== undefined) {
      return this.#personal.sealPayloads(tx, payloads);
    }
    return payloads.some(({ subject }) => subject !== undefined)
      ? Promise.reject(
          new Error(
            'a side effect names a subject, and the app has no keys to encrypt its payload with: keys are given to apps that publish or receive an event with personal data',
          ),
        )
      : Promise.resolve(payloads.map(({ payload }) => payload));
  }

  /** A payload as it was scheduled. @throws InvalidEventError when its subject was erased. */
  public openPayload(tx: Pick<Transaction, 'query'>, stored: unknown): Promise<unknown> {
    return this.#personal?.openPayload(tx, stored) ?? Promise.resolve(stored);
  }

  async #putClaims(tx: Transaction, contract: EventContract, data: unknown): Promise<unknown> {
    const puts: Promise<void>[] = [];
    const replaced = replaceMarked(contract.schema, data, 'claimCheck', (value, path) => {
      const { store, inlineBytes, maxBytes } = this.#claimCheck(contract, path);
      const { claim, content } = packClaim(value, this.#now());
      // A value that looks like a reference would be taken for one.
      if (content.length <= inlineBytes && claimIn(value) === undefined) {
        return value;
      }
      if (content.length > maxBytes) {
        throw new InvalidEventError(
          `data${path} has ${content.length} bytes, and at most ${maxBytes} are kept`,
        );
      }
      puts.push(store.put(tx, claim, content));
      return claim;
    });
    await Promise.all(puts);
    return replaced;
  }

  async #getClaims(
    tx: Pick<Transaction, 'query'>,
    contract: EventContract,
    opened: OpenedData,
  ): Promise<OpenedData> {
    const values = new Map<string, unknown>();
    const claims: [string, NonNullable<ReturnType<typeof claimIn>>][] = [];
    replaceMarked(contract.schema, opened.data, 'claimCheck', (value, path) => {
      const claim = claimIn(value);
      if (claim !== undefined) {
        claims.push([path, claim]);
      }
      return value;
    });
    for (const [path, claim] of claims) {
      const { store, maxBytes } = this.#claimCheck(contract, path);
      try {
        if (claim.bytes > maxBytes) {
          throw new InvalidEventError(
            `refers to ${claim.bytes} bytes, and at most ${maxBytes} are read`,
          );
        }
        values.set(path, unpackClaim(claim, await store.get(tx, claim)));
      } catch (error) {
        if (!(error instanceof InvalidEventError)) {
          throw error;
        }
        return { ...opened, problem: opened.problem ?? `data${path} ${error.message}` };
      }
    }
    const data = replaceMarked(contract.schema, opened.data, 'claimCheck', (value, path) =>
      values.has(path) ? values.get(path) : value,
    );
    return { ...opened, data };
  }

  #claimCheck(contract: EventContract, path: string): ClaimCheck {
    const field = path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
    return this.#claims.get(claimName(contract, field))!;
  }
}
