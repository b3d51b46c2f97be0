export * from './probe-route.ts';
export * from './route-changed.ts';
export * from './route-probed.ts';
