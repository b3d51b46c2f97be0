import { compileSchema } from '@cdk8s-event-platform/contracts/internal';
import { expect, it } from 'vitest';
import { toCloudEvent } from '../../app-images/runtime/events/cloud-event.ts';
import { OrderPlaced } from '../testing/fixtures.ts';
import { cloudEventSchema } from './cloud-event-schema.ts';

const EVENT = {
  ...{ specversion: '1.0', id: '1', source: '/shop', type: OrderPlaced.type },
  ...{ time: '2026-01-01T00:00:00Z', data: { order_id: '1', customer_id: '2' } },
};
const isEvent = compileSchema({ schema: cloudEventSchema(OrderPlaced.type, OrderPlaced.schema) });

it('the envelope is that of events which the runtime accepts', () => {
  expect(toCloudEvent(EVENT)).toBe(EVENT);
  expect(isEvent(EVENT)).toBe(true);
});

it.each(['specversion', 'id', 'source', 'type', 'time'])(
  'the envelope asks for %s, as the runtime does',
  (attribute) => {
    const event = Object.fromEntries(Object.entries(EVENT).filter(([name]) => name !== attribute));
    expect(() => toCloudEvent(event)).toThrow();
    expect(isEvent(event)).toBe(false);
  },
);

it('the envelope is of one type, and has its data', () => {
  expect(isEvent({ ...EVENT, type: 'com.example.order.changed' })).toBe(false);
  expect(isEvent({ ...EVENT, data: {} })).toBe(false);
});
