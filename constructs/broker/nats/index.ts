export * from './nats-jet-stream-props.ts';
export * from './nats-jet-stream.ts';
