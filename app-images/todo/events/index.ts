export * from './task-completed.ts';
export * from './task-created.ts';
export * from './task-deleted.ts';
export * from './task-updated.ts';
export * from './user-registered.ts';
