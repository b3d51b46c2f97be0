export * from './async-api.ts';
export * from './mermaid.ts';
export * from './platform-model.ts';
export * from './read-platform.ts';
export * from './topic-table.ts';
