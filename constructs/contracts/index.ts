export * from './effects.ts';
export * from './event-contract.ts';
export * from './image-manifest.ts';
export * from './inbox.ts';
export * from './names.ts';
export * from './outbox.ts';
export * from './platform-migrations.ts';
export * from './runtime-interface.ts';
