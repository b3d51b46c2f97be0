import { describe, expect, expectTypeOf, it } from 'vitest';
import { defineApp, manifestProblems } from './app-manifest.ts';
import { defineCommand } from './command.ts';
import { defineSaga } from './define-saga.ts';
import type { OutcomeOf, SagaData } from './saga.ts';

const ORDER = {
  type: 'object',
  required: ['order_id'],
  properties: { order_id: { type: 'string', maxLength: 64 } },
} as const;
const base = { version: '1.0.0', key: 'order_id', description: 'Asks.', schema: ORDER } as const;
const Charge = defineCommand({
  ...base,
  type: 'com.example.payment.charge',
  topic: 'charges',
  reply: {
    schema: {
      type: 'object',
      required: ['outcome'],
      properties: { outcome: { enum: ['charged', 'declined', 'unavailable'] } },
    },
  },
});
const Refund = defineCommand({
  ...base,
  type: 'com.example.payment.refund',
  topic: 'refunds',
  reply: {
    schema: {
      type: 'object',
      required: ['outcome'],
      properties: { outcome: { const: 'refunded' } },
    },
  },
});
const Ship = defineCommand({
  ...base,
  type: 'com.example.shipment.create',
  topic: 'shipments',
  reply: {
    schema: {
      type: 'object',
      required: ['outcome'],
      properties: { outcome: { enum: ['created', 'refused'] } },
    },
  },
});
const Plain = defineCommand({ ...base, type: 'com.example.order.forget', topic: 'forget' });

const PlaceOrder = defineSaga({
  name: 'place-order',
  version: '1.0.0',
  description: 'Charges the customer, and has the items sent.',
  data: ORDER,
  steps: [
    {
      name: 'payment',
      request: Charge,
      done: 'charged',
      failed: ['declined'],
      undo: Refund,
      undone: 'refunded',
      timeout: { minutes: 5 },
      retry: { on: 'unavailable' },
    },
    {
      name: 'shipment',
      request: Ship,
      done: 'created',
      failed: 'refused',
      timeout: { minutes: 5 },
    },
  ],
});
const [payment, shipment] = PlaceOrder.steps;

function refusal(change: object): string {
  try {
    (defineSaga as (saga: unknown) => unknown)({ ...PlaceOrder, ...change });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
/** What is wrong when the steps are others. */
const problemOf = (...steps: readonly object[]) => refusal({ steps });

describe('defineSaga', () => {
  it('returns frozen data', () => {
    expect(Object.isFrozen(PlaceOrder)).toBe(true);
    expect(PlaceOrder.steps.every((step) => Object.isFrozen(step))).toBe(true);
  });

  it('has the types of its data, and checks outcomes when it is compiled', () => {
    expectTypeOf<SagaData<typeof PlaceOrder>>().toEqualTypeOf<{ order_id: string }>();
    expectTypeOf<OutcomeOf<typeof Refund>>().toEqualTypeOf<'refunded'>();
    const wrong = () => {
      defineSaga({
        name: 'ship',
        version: '1.0.0',
        description: 'Ships.',
        data: ORDER,
        steps: [
          // @ts-expect-error -- there is no such outcome
          { name: 'shipment', request: Ship, done: 'sent', timeout: { minutes: 1 } },
        ],
      });
    };
    expect(wrong).toThrow(
      "steps[0].done names 'sent', which is no outcome of the answer: it has created, refused",
    );
  });

  it.each([
    [{ name: 'Place Order' }, "name ('Place Order') must be a DNS label"],
    [{ version: '1' }, "version ('1') must be major.minor.patch"],
    [{ data: { type: 'string' } }, 'data (an object with type) must be a JSON Schema of an object'],
    [{ steps: [] }, 'must be 1 to 50 steps'],
    [
      { data: { type: 'object', properties: { name: { type: 'string', pii: true } } } },
      'data marks personal data or large values, which a saga cannot hold',
    ],
  ])('refuses %j', (change, problem) => {
    expect(refusal(change)).toContain(problem);
    expect(refusal(change)).toContain('[EP2016]');
  });

  it.each([
    ['an event in place of a command', { request: {} }, 'must be a command: use defineCommand'],
    ['a command without an answer', { request: Plain }, 'has no answer: give the command a reply'],
    [
      'an outcome with two meanings',
      { failed: ['declined', 'charged'] },
      "gives the outcome 'charged' two meanings",
    ],
    [
      'an outcome without a meaning',
      { failed: undefined },
      "does not say what the outcome 'declined' of its request means",
    ],
    [
      'an outcome that is unknown',
      { retry: { on: ['unavailable', 'busy'] } },
      "retry.on names 'busy', which is no outcome",
    ],
    ['an undo without undone', { undone: undefined }, 'has an undo without undone'],
    ['undone without an undo', { undo: 'nothing' }, 'has undone without an undo'],
    [
      'an undo that is done and not',
      { undone: 'refunded', retry: { on: ['unavailable', 'refunded'] } },
      "gives the outcome 'refunded' of its undo two meanings",
    ],
    [
      'a step without an undo before others',
      { undo: undefined, undone: undefined },
      'has no undo and steps come after it',
    ],
    [
      'a time that is no time',
      { timeout: { minutes: 0 } },
      'timeout (0 seconds) must be a whole number of seconds from 1 to 2592000',
    ],
    [
      'no attempt',
      { retry: { on: 'unavailable', attempts: 0 } },
      'retry.attempts (0) must be a whole number from 1 to 100',
    ],
    ['a property that nobody knows', { undos: Refund }, "did you mean 'undo'?"],
  ])('refuses %s', (_what, change, problem) => {
    expect(problemOf({ ...payment, ...change }, shipment)).toContain(problem);
  });

  it('refuses an answer without an outcome', () => {
    const Odd = defineCommand({
      ...base,
      type: 'com.example.order.odd',
      topic: 'odd',
      reply: { schema: { type: 'object', properties: { outcome: { enum: ['done'] } } } },
    });
    expect(problemOf({ ...shipment, request: Odd })).toContain(
      "has an answer without a required string 'outcome'",
    );
  });

  it('refuses two steps of one name', () => {
    expect(problemOf(payment, { ...shipment, name: 'payment' })).toContain(
      "steps has two of the name 'payment'",
    );
  });

  describe('with a point of no return', () => {
    const final = { ...shipment, name: 'final', pointOfNoReturn: true };

    it('takes steps without an undo', () => {
      expect(problemOf(payment, final, shipment)).toBe('');
    });

    it.each([
      [
        [payment, { ...shipment, pointOfNoReturn: true }],
        'steps[1] is the last step: leave out pointOfNoReturn',
      ],
      [[final, { ...final, name: 'second' }, shipment], 'steps[1] is a second point of no return'],
      [
        [final, payment],
        'steps[1] comes after the point of no return, and is never undone: leave out undo',
      ],
    ])('refuses what has no meaning (%#)', (steps, problem) => {
      expect(problemOf(...steps)).toContain(problem);
    });
  });
});

describe('an app with sagas', () => {
  const app = { appId: 'orders', description: 'Runs sagas.', port: 8080 } as const;

  it('publishes the commands of its sagas and receives their answers', () => {
    const manifest = defineApp({ ...app, sagas: [PlaceOrder] });
    expect(manifest.publishes?.map(({ type }) => type)).toEqual([
      ...[Charge.type, Refund.type, Ship.type],
    ]);
    expect(manifest.subscribes?.map(({ type }) => type)).toEqual([
      ...[Charge.reply.type, Refund.reply.type, Ship.reply.type],
    ]);
  });

  it('may have a saga in two major versions, and one version once', () => {
    expect(() =>
      defineApp({ ...app, sagas: [PlaceOrder, { ...PlaceOrder, version: '2.0.0' }] }),
    ).not.toThrow();
    expect(() =>
      defineApp({ ...app, sagas: [PlaceOrder, { ...PlaceOrder, version: '1.1.0' }] }),
    ).toThrow("sagas lists 'place-order@1' twice");
  });

  it('does not wait itself for the answers to a command of a saga', () => {
    expect(() => defineApp({ ...app, sagas: [PlaceOrder], requests: [Charge] })).toThrow(
      "requests lists 'com.example.payment.charge', which a saga of the app sends, too",
    );
  });

  it('is refused with whatever is not a saga', () => {
    expect(manifestProblems({ ...app, sagas: [{} as never] })).toEqual(
      expect.arrayContaining([expect.stringContaining("sagas[0]: 'name' is missing")]),
    );
    expect(manifestProblems({ ...app, sagas: 7 as never })).toEqual(['sagas (7) must be a list']);
  });
});
