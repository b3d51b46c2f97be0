export * from './commands.ts';
export * from './email-sent.ts';
export * from './fulfilment-events.ts';
export * from './inventory-events.ts';
export * from './order-events.ts';
export * from './payment-events.ts';
export * from './shipping-events.ts';
export * from './user-registered.ts';
