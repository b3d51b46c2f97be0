export * from './cpu-scaler.ts';
export * from './keda-lag-scaler.ts';
export type * from './scalable.ts';
