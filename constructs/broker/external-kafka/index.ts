export * from './external-authentication.ts';
export * from './external-grants.ts';
export * from './external-kafka.ts';
export * from '../kafka-protocol/kafka-login.ts';
export * from './external-options.ts';
