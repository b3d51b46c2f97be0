import { describe, expect, it } from 'vitest';
import { defineSaga } from '@cdk8s-event-platform/contracts';
import {
  answered,
  cancels,
  givenSaga,
  passes,
  retries,
  undoAnswered,
} from '@cdk8s-event-platform/runtime/testing';
import { Charge, PlaceOrder, Reserve } from './testing/place-order.ts';

const charged = answered('payment', 'charged');
const reserved = answered('items', 'reserved');
const created = answered('shipment', 'created');
const timeout = passes({ minutes: 5 });

describe('a saga', () => {
  it('asks for one step after the other', () => {
    expect(givenSaga(PlaceOrder).when(charged)).toMatchObject({
      sends: ['items.request'],
      state: { status: 'running', replies: { payment: { outcome: 'charged' } } },
    });
    expect(givenSaga(PlaceOrder, charged, reserved).when(created)).toMatchObject({
      sends: [],
      state: { status: 'completed', waitsFor: 'nothing' },
    });
  });

  it('undoes what was done in the reverse order, without the step that has failed', () => {
    const failed = answered('shipment', 'refused');
    expect(givenSaga(PlaceOrder, charged, reserved).when(failed)).toMatchObject({
      sends: ['items.undo'],
      state: { status: 'undoing', cancelledBy: { step: 'shipment', outcome: 'refused' } },
    });
    const released = undoAnswered('items', 'released');
    expect(givenSaga(PlaceOrder, charged, reserved, failed).when(released)).toMatchObject({
      sends: ['payment.undo'],
    });
    expect(
      givenSaga(PlaceOrder, charged, reserved, failed, released).when(
        undoAnswered('payment', 'refunded'),
      ),
    ).toMatchObject({
      sends: [],
      state: { status: 'cancelled', cancelledBy: { step: 'shipment', outcome: 'refused' } },
    });
  });

  it('is cancelled at once when nothing was done', () => {
    expect(givenSaga(PlaceOrder).when(answered('payment', 'declined'))).toMatchObject({
      sends: [],
      state: { status: 'cancelled', cancelledBy: { step: 'payment', outcome: 'declined' } },
    });
  });

  it('undoes a step too whose answer has not come', () => {
    expect(givenSaga(PlaceOrder).when(timeout)).toMatchObject({
      sends: ['payment.undo'],
      state: { cancelledBy: { step: 'payment', outcome: 'timed out' } },
    });
    expect(givenSaga(PlaceOrder, timeout).when(charged)).toMatchObject({
      sends: [],
      ignored: 'late',
      state: { status: 'undoing' },
    });
  });

  it('waits further for a step that cannot be undone, and sends nothing again', () => {
    const overdue = givenSaga(PlaceOrder, charged, reserved).when(passes({ days: 30 }));
    expect(overdue).toMatchObject({ sends: [], state: { status: 'running', step: 2 } });
    expect(overdue.state.overdueSince).toBe(120_000);
    const late = givenSaga(PlaceOrder, charged, reserved, passes({ days: 30 })).when(created);
    expect(late.state.status).toBe('completed');
    expect(late.state.overdueSince).toBeUndefined();
  });

  it('asks again where the answer says so, and gives up after its attempts', () => {
    const busy = answered('payment', 'unavailable');
    const pause = passes({ seconds: 10 });
    expect(givenSaga(PlaceOrder).when(busy)).toMatchObject({
      sends: [],
      state: { waitsFor: 'next attempt' },
    });
    expect(givenSaga(PlaceOrder, busy).when(passes({ seconds: 9 })).sends).toEqual([]);
    expect(givenSaga(PlaceOrder, busy).when(pause)).toMatchObject({
      sends: ['payment.request'],
      state: { attempt: 2 },
    });
    expect(givenSaga(PlaceOrder, busy, pause, busy, pause).when(busy)).toMatchObject({
      sends: [],
      state: { status: 'cancelled', cancelledBy: { step: 'payment', outcome: 'unavailable' } },
    });
  });

  it.each([
    ['repeated', answered('payment', 'charged', { attempt: 1 })],
    ['contradictory', answered('payment', 'declined', { attempt: 1 })],
  ])('ignores a %s answer', (reason, answer) => {
    expect(givenSaga(PlaceOrder, charged).when(answer)).toMatchObject({
      sends: [],
      ignored: reason,
      state: { status: 'running', step: 1 },
    });
  });

  it('refuses an outcome that nobody has declared', () => {
    expect(() => givenSaga(PlaceOrder).when(answered('payment', 'perhaps'))).toThrow(
      "the outcome 'perhaps' means nothing in the step 'payment'",
    );
  });
});

describe('an undo', () => {
  const undoing = [charged, answered('items', 'out-of-stock')];

  it('is asked for again without an answer, up to its attempts', () => {
    const minutes = passes({ minutes: 15 });
    expect(givenSaga(PlaceOrder, ...undoing).when(minutes)).toMatchObject({
      sends: ['payment.undo', 'payment.undo'],
      state: { status: 'stuck', stuckBy: { step: 'payment', outcome: 'timed out' } },
    });
  });

  it.each([1, 2, 3])('counts as done by the answer to attempt %i, also when stuck', (attempt) => {
    const answer = undoAnswered('payment', 'refunded', { attempt });
    expect(givenSaga(PlaceOrder, ...undoing, passes({ minutes: 15 })).when(answer)).toMatchObject({
      state: { status: 'cancelled', cancelledBy: { step: 'items', outcome: 'out-of-stock' } },
    });
  });

  it('that fails is stuck until somebody retries it', () => {
    const failed = undoAnswered('payment', 'impossible');
    const stuck = givenSaga(PlaceOrder, ...undoing).when(failed);
    expect(stuck.state).toMatchObject({
      status: 'stuck',
      stuckBy: { step: 'payment', outcome: 'impossible' },
    });
    const retried = givenSaga(PlaceOrder, ...undoing, failed).when(retries);
    expect(retried).toMatchObject({ sends: ['payment.undo'], state: { attempt: 2, tries: 1 } });
    expect(retried.state.stuckBy).toBeUndefined();
  });
});

describe('somebody who cancels', () => {
  it('has the current step undone as well', () => {
    expect(givenSaga(PlaceOrder, charged).when(cancels)).toMatchObject({
      sends: ['items.undo'],
      state: { status: 'undoing', cancelledBy: { step: 'items', outcome: 'cancelled' } },
    });
  });

  it('leaves out a step that is surely not done', () => {
    expect(givenSaga(PlaceOrder, answered('payment', 'unavailable')).when(cancels)).toMatchObject({
      sends: [],
      state: { status: 'cancelled' },
    });
  });

  it.each([
    [[charged, reserved], "the step 'shipment' cannot be undone, and its answer has not come"],
    [[charged, reserved, created], 'the saga is completed'],
    [[timeout], 'the saga is being cancelled already'],
    [[timeout, undoAnswered('payment', 'impossible')], 'the saga is stuck: retry it'],
  ])('is refused later (%#)', (happenings, refused) => {
    expect(givenSaga(PlaceOrder, ...happenings).when(cancels)).toMatchObject({
      sends: [],
      refused,
    });
  });

  it('cannot retry what is neither stuck nor overdue', () => {
    expect(givenSaga(PlaceOrder).when(retries)).toMatchObject({
      sends: [],
      refused: 'the saga is running, neither stuck nor overdue',
    });
  });
});

describe('the point of no return', () => {
  const [, items, shipment] = PlaceOrder.steps;
  const Forward = defineSaga({
    ...PlaceOrder,
    name: 'forward',
    steps: [
      items,
      {
        name: 'payment',
        request: Charge,
        done: 'charged',
        failed: ['declined', 'unavailable'],
        timeout: { minutes: 5 },
        pointOfNoReturn: true,
      },
      shipment,
    ],
  });
  const past = [reserved, charged];

  it('is not passed when its step fails', () => {
    expect(givenSaga(Forward, reserved).when(answered('payment', 'declined'))).toMatchObject({
      sends: ['items.undo'],
    });
  });

  it('is followed by steps that wait for somebody when they fail', () => {
    const refused = answered('shipment', 'refused');
    expect(givenSaga(Forward, ...past).when(refused)).toMatchObject({
      sends: [],
      state: { status: 'stuck', stuckBy: { step: 'shipment', outcome: 'refused' } },
    });
    expect(givenSaga(Forward, ...past, refused).when(retries)).toMatchObject({
      sends: ['shipment.request'],
      state: { status: 'running', attempt: 2 },
    });
    expect(givenSaga(Forward, ...past, refused, retries).when(created)).toMatchObject({
      state: { status: 'completed' },
    });
  });

  it('cannot be cancelled any more', () => {
    expect(givenSaga(Forward, ...past).when(cancels)).toMatchObject({
      refused: "the saga is past its point of no return, at the step 'shipment'",
    });
  });
});

describe('a step without an effect', () => {
  const [payment, , shipment] = PlaceOrder.steps;
  const Checked = defineSaga({
    ...PlaceOrder,
    name: 'checked',
    steps: [
      payment,
      {
        name: 'items',
        request: Reserve,
        done: 'reserved',
        failed: 'out-of-stock',
        undo: 'nothing',
        timeout: { minutes: 1 },
      },
      shipment,
    ],
  });

  it('is passed over when others are undone', () => {
    expect(
      givenSaga(Checked, charged, reserved).when(answered('shipment', 'refused')).sends,
    ).toEqual(['payment.undo']);
    expect(givenSaga(Checked, charged).when(passes({ minutes: 1 })).sends).toEqual([
      'payment.undo',
    ]);
  });
});
