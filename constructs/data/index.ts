export type { MigrationJobOptions } from './database-migrations.ts';
export * from './postgres-database.ts';
