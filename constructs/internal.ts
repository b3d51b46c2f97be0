/** Everything, for the programs of this repository; no part of the package. */
export * from './broker/index.ts';
export * from './consumer/index.ts';
export * from '@cdk8s-event-platform/contracts';
export * from './core/index.ts';
export * from './dapr/index.ts';
export * from './data/index.ts';
export * from './diagram/index.ts';
export * from './notifications/index.ts';
export * from './observability/index.ts';
export * from './scaling/index.ts';
export * from './security/index.ts';
export * from './versions.ts';
