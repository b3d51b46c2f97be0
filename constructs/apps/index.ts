export type { AppOptions } from './app-options.ts';
export type { AppWorkload, AppWorkloadProps } from './app-workload.ts';
export * from './dead-letter-processor.ts';
export * from './event-app-props.ts';
export * from './event-app.ts';
export * from './event-producer.ts';
export * from './event-receiver.ts';
export * from './event-service.ts';
export * from './idempotent-consumer.ts';
