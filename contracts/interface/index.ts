import '../node-version.ts';

/**
 * What manifests and images know of each other: paths, environment variables, metrics, tables. Constructs
 * write these names into manifests, the runtime reads them.
 */
export * from './app-roles.ts';
export * from './claims.ts';
export * from './database-access.ts';
export * from './dead-letter-processor.ts';
export * from './due-work.ts';
export * from './effects.ts';
export * from './event-store.ts';
export * from './event-tools.ts';
export * from './event-version.ts';
export * from './idempotency.ts';
export * from './inbox.ts';
export * from './interface-version.ts';
export * from './jobs.ts';
export * from './names.ts';
export * from './outbox.ts';
export * from './personal-data.ts';
export * from './platform-migrations.ts';
export * from './projections.ts';
export * from './requests.ts';
export * from './runtime.ts';
export * from './sagas.ts';
export * from './sealed-values.ts';
export * from './version-range.ts';
export * from './webhooks.ts';
