import { defineSaga } from '@cdk8s-event-platform/contracts';
import {
  ChargeCustomer,
  CreateShipment,
  RefundCustomer,
  ReleaseItems,
  ReserveItems,
} from './commands.ts';
import { AMOUNT, ITEMS, USER_ID } from './properties.ts';

/** Leads an order from payment to shipment. Whatever fails on the way, what was done before is undone. */
export const PlaceOrder = defineSaga({
  name: 'place-order',
  version: '1.0.0',
  description: 'Charges the customer of an order, sets its items aside, and has it sent.',
  data: {
    type: 'object',
    required: ['user_id', 'amount', 'items'],
    properties: { user_id: USER_ID, amount: AMOUNT, items: ITEMS },
  },
  steps: [
    {
      name: 'payment',
      request: ChargeCustomer,
      done: 'charged',
      failed: 'declined',
      undo: RefundCustomer,
      undone: 'refunded',
      timeout: { minutes: 5 },
    },
    {
      name: 'items',
      request: ReserveItems,
      done: 'reserved',
      failed: 'out-of-stock',
      undo: ReleaseItems,
      undone: 'released',
      timeout: { minutes: 5 },
    },
    {
      // A parcel that is under way does not come back: this step comes last.
      name: 'shipment',
      request: CreateShipment,
      done: 'created',
      failed: 'refused',
      timeout: { minutes: 5 },
      // Where to is said by an event, which may come later than the command.
      retry: { on: 'not-yet', attempts: 100, interval: { seconds: 6 } },
    },
  ],
});
