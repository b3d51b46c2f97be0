export * from './kafka/index.ts';
export * from './message-broker.ts';
