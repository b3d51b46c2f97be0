export * from './component-metadata.ts';
export * from './event-app.ts';
export * from './message-broker.ts';
export * from './toolbox.ts';
export * from './topic-policies.ts';
export * from './topic.ts';
