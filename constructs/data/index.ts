export type { MigrationJobOptions } from './database-migrations.ts';
export * from './event-store.ts';
export * from './postgres-database.ts';
export * from './redis-cache.ts';
export { EvictionPolicy } from './redis-cache-server.ts';
