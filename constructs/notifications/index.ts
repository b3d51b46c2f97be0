export * from './mail-sink.ts';
export * from './notification-target.ts';
