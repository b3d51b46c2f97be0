export * from './manifest-problems.ts';
