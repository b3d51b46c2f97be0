export * from './event-contract.ts';
export * from './image-manifest.ts';
export * from './inbox.ts';
export * from './names.ts';
export * from './runtime-interface.ts';
