import { type EventContract } from '@cdk8s-event-platform/contracts';
import { CIPHERTEXT } from '@cdk8s-event-platform/contracts/interface';
import {
  keyNames,
  markedTexts,
  marksOf,
  replaceMarked,
} from '@cdk8s-event-platform/contracts/internal';
import type { Transaction } from '../database/database.ts';
import { ErasedMeanwhileError } from '../errors/failure.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { decrypt, encrypt } from './subject-cipher.ts';
import { type KeyRing, newestKey, type SubjectKeys } from './subject-keys.ts';

/** Data as they were opened. */
export interface OpenedData {
  readonly data: unknown;
  /** Why something could not be opened. @default - everything could, or is erased */
  readonly problem?: string;
  /** Texts that must not be logged. @default - none */
  readonly personal?: readonly string[];
  /** Whom they are about. @default - nobody */
  readonly subject?: string;
  /** Whether some of them were encrypted. @default false */
  readonly decrypted?: boolean;
}

/** Whose personal data the data of an event hold; undefined when they do not say. */
function subjectIn(contract: EventContract, data: unknown): string | undefined {
  // With a composite key, a contract that holds personal data says its subject.
  const [name] = keyNames(contract.subject ?? contract.key) as [string];
  const value = (data as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

const SEALED = new RegExp(CIPHERTEXT, 'u');

function isSealed(text: string): boolean {
  return SEALED.test(text);
}

/**
 * Whether a text is personal data that nobody can read any more: its subject was erased.
 *
 * @example
 * const name = isErased(event.data.name) ? 'a former customer' : event.data.name;
 */
export function isErased(value: unknown): boolean {
  return typeof value === 'string' && isSealed(value);
}

/** What a ciphertext belongs to: it cannot be moved to another event, subject or property. */
function contextOf(contract: EventContract, subject: string, path: string): string {
  return JSON.stringify([contract.type, subject, path]);
}

function ciphertext(version: number, sealed: Buffer): string {
  return `pii:${version}:${sealed.toString('base64url')}`;
}

/** Encrypts personal data in events by the keys of their subjects, and decrypts them. */
export class PersonalData {
  public constructor(private readonly keys: SubjectKeys) {}

  /**
   * Data with their personal ones encrypted. What could not be decrypted, since its subject is erased, stays as it is.
   *
   * @throws InvalidEventError when the subject is erased, and there is something to encrypt.
   */
  public async seal(
    tx: Transaction,
    contract: EventContract,
    list: readonly unknown[],
  ): Promise<unknown[]> {
    const { schema } = contract;
    const open = list.map((data) => markedTexts(schema, data, 'pii').length > 0);
    const subjects = list.map((data) => subjectIn(contract, data));
    const wanted = subjects.filter((subject, index) => open[index] && subject !== undefined);
    if (wanted.length === 0) {
      return [...list];
    }
    const rings = await this.keys.of(tx, new Set(wanted as string[]), true);
    return list.map((data, index) => {
      const subject = subjects[index];
      if (!open[index] || subject === undefined) {
        return data;
      }
      const ring = rings.get(subject);
      const newest = ring && newestKey(ring);
      if (newest === undefined && markedTexts(schema, data, 'pii').every(isSealed)) {
        return data;
      }
      if (newest === undefined) {
        throw new InvalidEventError(
          `the personal data of subject '${subject}' were erased: nothing new can be published about it`,
        );
      }
      return replaceMarked(schema, data, 'pii', (value, path) =>
        typeof value !== 'string'
          ? value
          : ciphertext(
              newest.version,
              encrypt(newest.key, Buffer.from(value), contextOf(contract, subject, path)),
            ),
      );
    });
  }

  /** Checks that subjects have keys. @throws ErasedMeanwhileError when one was erased. */
  public async checkNotErased(
    tx: Pick<Transaction, 'query'>,
    subjects: ReadonlySet<string>,
  ): Promise<void> {
    const rings = await this.keys.of(tx, subjects);
    if ([...rings.values()].some((ring) => newestKey(ring) === undefined)) {
      throw new ErasedMeanwhileError('a subject was erased while its event was processed');
    }
  }

  /** Payloads of side effects, encrypted where they follow from personal data of a subject. */
  public async sealPayloads(
    tx: Transaction,
    payloads: readonly { readonly payload: unknown; readonly subject: string | undefined }[],
  ): Promise<unknown[]> {
    const subjects = new Set(payloads.flatMap(({ subject }) => subject ?? []));
    const rings = subjects.size === 0 ? undefined : await this.keys.of(tx, subjects, true);
    return payloads.map(({ payload, subject }) => {
      const ring = subject === undefined ? undefined : rings?.get(subject);
      const newest = ring && newestKey(ring);
      if (subject === undefined || newest === undefined) {
        // A subject that was erased since is told nothing.
        return subject === undefined ? payload : { $subject: subject, $sealed: '' };
      }
      const plain = Buffer.from(JSON.stringify(payload));
      const sealed = encrypt(newest.key, plain, JSON.stringify([PAYLOAD, subject]));
      return { $subject: subject, $sealed: ciphertext(newest.version, sealed) };
    });
  }

  /** A payload as it was scheduled. @throws InvalidEventError when its subject was erased, or it was changed. */
  public async openPayload(tx: Pick<Transaction, 'query'>, stored: unknown): Promise<unknown> {
    const { $subject: subject, $sealed: sealed } = (stored ?? {}) as Partial<SealedPayload>;
    if (subject === undefined || sealed === undefined) {
      return stored;
    }
    const rings = await this.keys.of(tx, new Set([subject]));
    const plain = openText(rings.get(subject), sealed, JSON.stringify([PAYLOAD, subject]));
    if (!('text' in plain)) {
      throw new InvalidEventError(
        'problem' in plain && sealed !== ''
          ? `the payload ${plain.problem}`
          : 'its subject was erased',
      );
    }
    return JSON.parse(plain.text) as unknown;
  }

  /** Data with their personal ones decrypted, as far as they are not erased. */
  public async open(
    tx: Pick<Transaction, 'query'>,
    contract: EventContract,
    list: readonly unknown[],
  ): Promise<OpenedData[]> {
    const subjects = list.map((data) => subjectIn(contract, data));
    const wanted = new Set(
      subjects.filter(
        (subject, index) =>
          subject !== undefined && markedTexts(contract.schema, list[index], 'pii').some(isSealed),
      ) as string[],
    );
    const rings = wanted.size === 0 ? undefined : await this.keys.of(tx, wanted);
    return list.map((data, index) => {
      const subject = subjects[index];
      const ring = subject === undefined ? undefined : rings?.get(subject);
      const result = openData(contract, subject ?? '', ring, data);
      return subject !== undefined && result.personal?.length !== 0
        ? { ...result, subject, decrypted: wanted.has(subject) }
        : result;
    });
  }
}

function openData(
  contract: EventContract,
  subject: string,
  ring: KeyRing | undefined,
  sealed: unknown,
): OpenedData {
  let problem: string | undefined;
  const personal: string[] = [];
  const data = replaceMarked(contract.schema, sealed, 'pii', (value, path) => {
    if (typeof value !== 'string') {
      return value;
    }
    const plain = isSealed(value)
      ? openText(ring, value, contextOf(contract, subject, path))
      : { text: value };
    if ('problem' in plain) {
      problem ??= `data${path} ${plain.problem}`;
    } else if ('text' in plain) {
      personal.push(plain.text);
      return plain.text;
    }
    return value;
  });
  return { data, personal, ...(problem !== undefined && { problem }) };
}

/** A decrypted text, nothing where it is erased, or why it cannot be decrypted. */
function openText(
  ring: KeyRing | undefined,
  text: string,
  context: string,
): { readonly text: string } | { readonly problem: string } | { readonly erased: true } {
  const [, version = '', sealed = ''] = text.split(':');
  const key = ring?.keys.get(Number(version));
  if (key === undefined) {
    return { problem: `is encrypted with key ${version} of its subject, which is not known here` };
  }
  if (key === null) {
    return { erased: true };
  }
  try {
    return { text: decrypt(key, Buffer.from(sealed, 'base64url'), context).toString() };
  } catch {
    return { problem: 'cannot be decrypted: it was changed, or comes from another event' };
  }
}

/** What a payload belongs to. */
const PAYLOAD = 'payload of a side effect';

/** A payload that is encrypted, as it is stored. */
interface SealedPayload {
  readonly $subject: string;
  readonly $sealed: string;
}

/** Whether events of a contract hold personal data. */
export function hasPersonalData({ schema }: Pick<EventContract, 'schema'>): boolean {
  return marksOf(schema).has('pii');
}
