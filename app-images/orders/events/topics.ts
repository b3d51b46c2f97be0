/** What the events of one service have in common: one topic, on which what happens to an order keeps its order. */
function eventsOf<const Topic extends string>(topic: Topic) {
  return { version: '1.0.0', topic, key: 'order_id', ordered: true } as const;
}

export const ORDER_EVENTS = eventsOf('order-events');
export const PAYMENT_EVENTS = eventsOf('payment-events');
export const INVENTORY_EVENTS = eventsOf('inventory-events');
export const SHIPPING_EVENTS = eventsOf('shipping-events');
export const FULFILMENT_EVENTS = eventsOf('fulfilment-events');
