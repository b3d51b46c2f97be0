export * from './task-created.ts';
