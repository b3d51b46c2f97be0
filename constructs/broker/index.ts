export * from './broker-accounts.ts';
export * from './kafka/index.ts';
export * from './message-broker.ts';
export * from './nats/index.ts';
export * from './rabbitmq/index.ts';
export * from './redis-streams/index.ts';
export * from './strimzi/index.ts';
