export * from './dead-letter-processor.ts';
export * from './event-producer.ts';
export * from './idempotent-consumer.ts';
export type { AppOptions, AppWorkload, AppWorkloadProps } from './app-workload.ts';
