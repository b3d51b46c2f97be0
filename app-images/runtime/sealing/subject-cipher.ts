import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
/** Bytes of the nonce, and of the tag behind the ciphertext. @see https://csrc.nist.gov/pubs/sp/800/38/d/final */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Fewest characters of a master key. */
const MIN_MASTER_LENGTH = 16;

/** Encrypts bytes. @param context what they belong to: they can be decrypted only where it is the same. */
export function encrypt(key: Buffer, plain: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Decrypts what {@link encrypt} returned. @throws Error when key, context or bytes are others. */
export function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([
    decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)),
    decipher.final(),
  ]);
}

/** A key for one subject. */
export function newSubjectKey(): Buffer {
  return randomBytes(KEY_BYTES);
}

/** A key that keys of subjects are encrypted with. */
export class MasterKey {
  /** Tells it from others, and nothing about it. */
  public readonly id: string;
  readonly #key: Buffer;

  /**
   * @param secret any text of 16 characters or more.
   * @throws Error when it is shorter.
   */
  public constructor(secret: string) {
    if (secret.length < MIN_MASTER_LENGTH) {
      throw new Error(
        `the master key of personal data has ${secret.length} characters: use ${MIN_MASTER_LENGTH} or more`,
      );
    }
    this.#key = Buffer.from(
      hkdfSync('sha256', secret, '', 'event-platform subject keys', KEY_BYTES),
    );
    this.id = createHash('sha256').update(this.#key).digest('hex').slice(0, 16);
  }

  /** Encrypts the key of a subject. */
  public wrap(subject: string, key: Buffer): Buffer {
    return encrypt(this.#key, key, subject);
  }

  /** The key of a subject. @throws Error when it was encrypted with another master key, or for another subject. */
  public unwrap(subject: string, wrapped: Buffer): Buffer {
    return decrypt(this.#key, wrapped, subject);
  }
}
