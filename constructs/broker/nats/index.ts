export * from './nats-jet-stream.ts';
