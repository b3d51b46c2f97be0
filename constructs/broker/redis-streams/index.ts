export * from './redis-streams.ts';
export { AppendFsync } from './server-files.ts';
