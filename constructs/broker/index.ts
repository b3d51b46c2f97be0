export * from './external-kafka/index.ts';
export * from './kafka/index.ts';
export * from './kafka-ui/index.ts';
export * from './nats/index.ts';
export * from './parts/broker-accounts.ts';
export * from './rabbitmq/index.ts';
export * from './redis-streams/index.ts';
export * from './strimzi/index.ts';
