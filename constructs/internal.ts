/** Everything, for the programs of this repository; no part of the package. */
export * from '@cdk8s-event-platform/contracts';
export * from './apps/index.ts';
export * from './broker/index.ts';
export * from './core/index.ts';
export * from './dapr/index.ts';
export * from './data/index.ts';
export * from './messaging/index.ts';
export * from './notifications/index.ts';
export * from './observability/index.ts';
export * from './outputs/index.ts';
export * from './platform/index.ts';
export * from './scaling/index.ts';
export * from './security/index.ts';
