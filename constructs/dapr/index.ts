export * from './dapr-configuration.ts';
export * from './dapr-job.ts';
export * from './dapr-pub-sub.ts';
export * from './dapr-resiliency.ts';
export * from './dapr-state-store.ts';
export * from './dapr-subscription.ts';
export * from './retry-policy.ts';
export * from './state-store-backend.ts';
