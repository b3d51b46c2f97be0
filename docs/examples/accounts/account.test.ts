import { happened } from '@cdk8s-event-platform/runtime';
import { given } from '@cdk8s-event-platform/runtime/testing';
import { expect, it } from 'vitest';
import { account } from './account.ts';
import { AccountOpened, Deposited, Withdrawn } from './events.ts';

const opened = happened(AccountOpened, { account_id: 'a-1', owner: 'ann' });

it('pays out what is there', () => {
  const { state } = given(account, opened, happened(Deposited, { amount: 100 }))
    .when({ type: 'withdraw', amount: 50 })
    .then(happened(Withdrawn, { amount: 50 }));
  expect(state.balance).toBe(50);
});

it('pays out no more', () => {
  given(account, opened).when({ type: 'withdraw', amount: 1 }).thenRefused('insufficient-funds');
});
