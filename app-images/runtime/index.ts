export * from './cloud-event.ts';
export * from './consumer.ts';
export type { Transaction } from './database.ts';
export * from './failure.ts';
export * from './logging.ts';
export * from './metrics.ts';
export * from './publisher.ts';
export * from './shutdown.ts';
export * from './start.ts';
