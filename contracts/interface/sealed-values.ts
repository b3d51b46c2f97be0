/** Pattern of personal data in events: version of the subject's key, and what AES-256-GCM made of them, as Base64. */
export const CIPHERTEXT = '^pii:[1-9][0-9]{0,8}:[A-Za-z0-9_-]{38,}$';

/** Reference to a value in a store, in place of the value. */
export interface Claim {
  /** Where it is in the store, e.g. `2026-11-28/9f86d081…`. */
  readonly claim: string;
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly sha256: string;
  /** Number of its bytes. */
  readonly bytes: number;
}

/** Schema of a {@link Claim}. */
export const CLAIM_SCHEMA = {
  type: 'object',
  required: ['claim', 'sha256', 'bytes'],
  additionalProperties: false,
  properties: {
    claim: { type: 'string', maxLength: 200 },
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    bytes: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  },
} as const;
