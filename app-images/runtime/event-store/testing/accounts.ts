import {
  defineApp,
  defineEvent,
  defineStoredEvent,
  defineStreams,
} from '@cdk8s-event-platform/contracts';

/** An account was opened; published, too. */
export const Opened = defineEvent({
  type: 'com.example.account.opened',
  version: '1.0.0',
  topic: 'account-opened',
  key: 'account_id',
  description: 'An account was opened.',
  schema: {
    type: 'object',
    required: ['account_id', 'owner'],
    properties: {
      account_id: { type: 'string', maxLength: 64 },
      owner: { type: 'string' },
    },
  },
});

/** Amounts of the first version were text. */
export const DepositedV1 = defineStoredEvent({
  type: 'com.example.account.deposited',
  version: '1.0.0',
  description: 'Money was paid in.',
  schema: { type: 'object', required: ['euros'], properties: { euros: { type: 'string' } } },
});

/** Money was paid in. */
export const Deposited = defineStoredEvent({
  type: 'com.example.account.deposited',
  version: '2.0.0',
  description: 'Money was paid in.',
  schema: {
    type: 'object',
    required: ['amount'],
    properties: { amount: { type: 'integer', minimum: 1, maximum: 1_000_000 } },
  },
});

/** Money was taken out. */
export const Withdrawn = defineStoredEvent({
  type: 'com.example.account.withdrawn',
  version: '1.0.0',
  description: 'Money was taken out.',
  schema: {
    type: 'object',
    required: ['amount'],
    properties: { amount: { type: 'integer', minimum: 1, maximum: 1_000_000 } },
  },
});

/** Somebody lives somewhere. */
export const Moved = defineStoredEvent({
  type: 'com.example.account.moved',
  version: '1.0.0',
  description: 'The owner has moved.',
  subject: 'person',
  schema: {
    type: 'object',
    required: ['person', 'address'],
    properties: { person: { type: 'string' }, address: { type: 'string', pii: true } },
  },
});

export const Accounts = defineStreams({
  name: 'accounts',
  description: 'What has happened to one account.',
  events: [Opened, Deposited, Withdrawn],
  earlier: [DepositedV1],
});

export const People = defineStreams({
  name: 'people',
  description: 'What has happened to one person.',
  events: [Moved],
});

export const bank = defineApp({
  appId: 'bank',
  description: 'Keeps accounts.',
  port: 8080,
  publishes: [Opened],
  streams: [Accounts, People],
});

/** Another app with streams of the same name, in the same database. */
export const otherBank = defineApp({
  appId: 'other-bank',
  description: 'Keeps accounts, too.',
  port: 8080,
  publishes: [Opened],
  streams: [Accounts],
});

/** How amounts of the first version become those of the second. */
export const UPCASTS = {
  [Deposited.type]: {
    1: ({ euros }: Readonly<Record<string, unknown>>) => ({ amount: Number(euros) * 100 }),
  },
};
