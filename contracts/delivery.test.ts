import { describe, expect, it } from 'vitest';
import { defineCommand } from './command.ts';
import { contractDifferences } from './contract-differences.ts';
import { allowsDelivery, DELIVERIES, type Delivery } from './delivery.ts';
import { contractProblems, defineEvent } from './event-contract.ts';

const CONTRACT = {
  type: 'com.example.route.health',
  version: '1.0.0',
  topic: 'route-health',
  key: 'route_id',
  description: 'A route was probed.',
  schema: {
    type: 'object',
    required: ['route_id'],
    properties: { route_id: { type: 'string', maxLength: 64 } },
  },
} as const;

describe('the delivery of a contract', () => {
  it.each(DELIVERIES)('may be %s', (delivery) => {
    expect(defineEvent({ ...CONTRACT, delivery }).delivery).toBe(delivery);
  });

  it('is one of three', () => {
    expect(contractProblems({ ...CONTRACT, delivery: 'exactly-once' as Delivery })).toEqual([
      "delivery ('exactly-once') must be 'effect-once' or 'at-least-once' or 'at-most-once'",
    ]);
  });

  it.each([
    [
      'at-least-once',
      "delivery 'at-least-once' lets events have their effect again, behind later ones, and ordered says that consumers need the events of a key in their order: leave out one of the two",
    ],
    [
      'at-most-once',
      "delivery 'at-most-once' lets events be lost, and ordered says that consumers need the events of a key in their order: leave out one of the two",
    ],
  ] as const)('is refused beside an order: %s', (delivery, problem) => {
    expect(contractProblems({ ...CONTRACT, delivery, ordered: true })).toEqual([problem]);
  });

  it.each(['at-least-once', 'at-most-once'] as const)('is refused of a command: %s', (delivery) => {
    const define = defineCommand as (contract: object) => unknown;
    expect(() => define({ ...CONTRACT, delivery })).toThrow(
      /and a command is carried out once: leave out delivery, or declare an event that nobody relies on/,
    );
  });

  it('goes with an order and with commands when it is the strongest', () => {
    const delivery = 'effect-once';
    expect(contractProblems({ ...CONTRACT, delivery, ordered: true })).toEqual([]);
    expect(defineCommand({ ...CONTRACT, delivery }).delivery).toBe(delivery);
  });

  it('is what two descriptions of an event differ in, and the strongest where it is not said', () => {
    const [strong, weak] = [
      defineEvent(CONTRACT),
      defineEvent({ ...CONTRACT, delivery: 'at-most-once' }),
    ];
    expect(contractDifferences(strong, weak)).toEqual([
      "delivery ('effect-once' and 'at-most-once')",
    ]);
    expect(
      contractDifferences(strong, defineEvent({ ...CONTRACT, delivery: 'effect-once' })),
    ).toEqual([]);
  });
});

it('events may be sent with the delivery of their contract, and with every stronger one', () => {
  const allowed = (delivery?: Delivery) =>
    DELIVERIES.filter((wanted) => allowsDelivery({ ...(delivery && { delivery }) }, wanted));
  expect(allowed()).toEqual(['effect-once']);
  expect(allowed('effect-once')).toEqual(['effect-once']);
  expect(allowed('at-least-once')).toEqual(['effect-once', 'at-least-once']);
  expect(allowed('at-most-once')).toEqual([...DELIVERIES]);
});
