import { defineEvent, defineStoredEvent, defineStreams } from '@cdk8s-event-platform/contracts';

/** Others are told of it: it is stored and published. */
export const AccountOpened = defineEvent({
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

const amount = { type: 'integer', minimum: 1, maximum: 100_000_000 } as const;

/** Stored alone. */
export const Deposited = defineStoredEvent({
  type: 'com.example.account.deposited',
  version: '1.0.0',
  description: 'Money was paid in.',
  schema: { type: 'object', required: ['amount'], properties: { amount } },
});

export const Withdrawn = defineStoredEvent({
  type: 'com.example.account.withdrawn',
  version: '1.0.0',
  description: 'Money was taken out.',
  schema: { type: 'object', required: ['amount'], properties: { amount } },
});

export const Accounts = defineStreams({
  name: 'accounts',
  description: 'What has happened to one account.',
  events: [AccountOpened, Deposited, Withdrawn],
});
