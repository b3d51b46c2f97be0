export * from './redis-streams.ts';
export { AppendFsync } from './server-files.ts';
export * from './redis-streams-props.ts';
