export * from './event-producer.ts';
export * from './idempotent-consumer.ts';
export type * from './app-workload.ts';
