const text = { type: 'string', pattern: '^[^\\u0000]*$' } as const;
/** Mark of what is said of a person: it is encrypted in events, and unreadable once they are erased. */
const PERSONAL = { pii: true } as const;

/** Id of a user. */
export const USER_ID = { ...text, minLength: 1, maxLength: 64 } as const;
/** Id of an order. */
export const ORDER_ID = { type: 'string', format: 'uuid' } as const;
/** Id of a payment. */
export const PAYMENT_ID = { type: 'string', format: 'uuid' } as const;
/** Number that a parcel is followed by. */
export const TRACKING_NUMBER = { ...text, minLength: 1, maxLength: 64 } as const;
/** Money in the smallest unit of its currency, such as cents: sums of it are exact. */
export const AMOUNT = { type: 'integer', minimum: 0, maximum: 1_000_000_000_000 } as const;
/** Why something did not come about, for people. */
export const REASON = { ...text, minLength: 1, maxLength: 200 } as const;
/** Why a customer cancels: no text of their own, which would have to be erased with them. */
export const CANCELLATION_REASON = {
  enum: ['changed_mind', 'ordered_twice', 'takes_too_long', 'other'],
} as const;
/** Number of an article. */
export const SKU = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,32}$' } as const;
/** When something happened, RFC 3339. */
export const TIME = { type: 'string', format: 'date-time' } as const;

/** What is ordered: each article once. */
export const ITEMS = {
  type: 'array',
  minItems: 1,
  maxItems: 50,
  items: {
    type: 'object',
    required: ['sku', 'quantity'],
    properties: { sku: SKU, quantity: { type: 'integer', minimum: 1, maximum: 1_000 } },
  },
} as const;

/** What a user says of themselves. */
export const USER = {
  email: { type: 'string', format: 'email', maxLength: 254, ...PERSONAL },
  username: { ...text, minLength: 1, maxLength: 100, ...PERSONAL },
} as const;

/** Where an order goes. The country is no personal data: it says whether anybody delivers there. */
export const ADDRESS = {
  type: 'object',
  required: ['name', 'street', 'city', 'country'],
  properties: {
    name: { ...text, minLength: 1, maxLength: 100, ...PERSONAL },
    street: { ...text, minLength: 1, maxLength: 200, ...PERSONAL },
    city: { ...text, minLength: 1, maxLength: 100, ...PERSONAL },
    country: { type: 'string', pattern: '^[A-Z]{2}$' },
  },
} as const;

/** Who leads an order through its steps: the services by each other's events, or the orchestrator by commands. */
export const SAGA = { enum: ['choreography', 'orchestration'] } as const;
