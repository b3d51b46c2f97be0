import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { happened } from '@cdk8s-event-platform/runtime';
import { given } from '@cdk8s-event-platform/runtime/testing';
import { OrderCancelled, OrderCreated, OrderPaid, OrderShipped } from '../events/index.ts';
import { sampleOrder } from '../testing/sample-order.ts';
import { order } from './order.ts';

const { created, id } = sampleOrder();
const user = { user_id: created.user_id };
const payment_id = 'b3b3c1f0-0000-4000-8000-000000000001';
type Happened = typeof Created | typeof Paid | typeof Shipped | typeof Cancelled;
/** An order with its own id, to which some events have happened. */
const past = (...events: readonly Happened[]) => given(order, ...events).at({ id: id.order_id });

const Created = happened(OrderCreated, created);
const Paid = happened(OrderPaid, { ...id, ...user, payment_id, amount: created.total_amount });
const Shipped = happened(OrderShipped, {
  ...{ ...id, ...user, tracking_number: 'TRK-1', amount: created.total_amount },
});
const Cancelled = happened(OrderCancelled, { ...id, ...user, reason: 'insufficient funds' });

const create = { type: 'create', order: created } as const;
const pay = { type: 'pay', payment_id } as const;
const ship = { type: 'ship', tracking_number: 'TRK-1' } as const;
const cancel = { type: 'cancel', reason: 'insufficient funds' } as const;

describe('an order', () => {
  it('is created once', () => {
    past().when(create).then(Created);
    past(Created).when(create).thenRefused('order-exists');
  });

  it('is paid, and shipped', () => {
    past(Created).when(pay).then(Paid);
    past(Created, Paid).when(ship).then(Shipped);
  });

  it('may be shipped before it is heard that it was paid', () => {
    past(Created).when(ship).then(Shipped);
    past(Created, Shipped).when(pay).then(Paid);
  });

  it('is cancelled until it is shipped', () => {
    past(Created).when(cancel).then(Cancelled);
    past(Created, Paid).when(cancel).then(Cancelled);
    past(Created, Shipped).when(cancel).thenRefused('shipped');
  });

  it('is not shipped once it is cancelled, and a payment changes nothing', () => {
    past(Created, Cancelled).when(ship).thenRefused('cancelled');
    past(Created, Cancelled).when(pay).then();
  });

  it.each([
    [pay, Paid],
    [ship, Shipped],
    [cancel, Cancelled],
  ] as const)('has nothing happen twice: %j', (command, happens) => {
    past(Created, happens).when(command).then();
  });

  it.each([pay, ship, cancel])('must be there: %j', (command) => {
    past().when(command).thenRefused('unknown-order');
  });

  it('ends one way, whatever it is told, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(pay, ship, cancel), { maxLength: 8 }), (commands) => {
        const events: Happened[] = [Created];
        for (const command of commands) {
          const { events: next } = past(...events).when(command);
          events.push(
            ...next.map(({ type }) =>
              [Paid, Shipped, Cancelled].find(({ contract }) => contract.type === type)!,
            ),
          );
        }
        const types = events.map(({ contract }) => contract.type);
        expect(new Set(types).size).toBe(types.length);
        const ends = types.filter((type) =>
          [Shipped, Cancelled].some((e) => e.contract.type === type),
        );
        expect(ends.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
