/** Pattern of personal data in events: version of the subject's key, and what AES-256-GCM made of them, as Base64. */
export const CIPHERTEXT = '^pii:[1-9][0-9]{0,8}:[A-Za-z0-9_-]{38,}$';

/** Reference to a value in a store, in place of the value. */
export interface Claim {
  /** Where it is in the store: the day after which it is deleted and its hash, e.g. `2026-11-28/9f86d081…`. */
  readonly claim: string;
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly sha256: string;
  /** Number of its bytes. */
  readonly bytes: number;
}

/** Pattern of where a value is: the day after which it is deleted, or `always`, and its hash. */
export const CLAIM = '^([0-9]{4}-[0-9]{2}-[0-9]{2}|always)/[0-9a-f]{64}$';

/** Schema of a {@link Claim}. */
export const CLAIM_SCHEMA = {
  type: 'object',
  required: ['claim', 'sha256', 'bytes'],
  additionalProperties: false,
  properties: {
    claim: { type: 'string', pattern: CLAIM },
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    bytes: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  },
} as const;
