import {
  aggregate,
  CommandRefusedError,
  eventStore,
  happened,
} from '@cdk8s-event-platform/runtime';
import { AccountOpened, Accounts, Deposited, Withdrawn } from './events.ts';

export const accounts = eventStore(Accounts);

const NEW: { readonly isOpen: boolean; readonly balance: number } = { isOpen: false, balance: 0 };

export const account = aggregate(accounts, {
  initial: NEW,
  evolve: {
    [AccountOpened.type]: (state) => ({ ...state, isOpen: true }),
    [Deposited.type]: (state, { data }) => ({ ...state, balance: state.balance + data.amount }),
    [Withdrawn.type]: (state, { data }) => ({ ...state, balance: state.balance - data.amount }),
  },
  decide: {
    open: ({ isOpen }, { owner }: { owner: string }, { id }) => {
      if (isOpen) {
        throw new CommandRefusedError('already-open', `account '${id}' is open`);
      }
      return happened(AccountOpened, { account_id: id, owner });
    },
    deposit: ({ isOpen }, { amount }: { amount: number }, { id }) => {
      if (!isOpen) {
        throw new CommandRefusedError('not-open', `account '${id}' is not open`);
      }
      return happened(Deposited, { amount });
    },
    withdraw: ({ balance }, { amount }: { amount: number }) => {
      if (amount > balance) {
        throw new CommandRefusedError('insufficient-funds', `the balance is ${balance}`);
      }
      return happened(Withdrawn, { amount });
    },
  },
});
