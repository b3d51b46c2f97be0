export * from './environment.ts';
export * from './event-platform.ts';
export type { EventPlatformProps, PlatformLinks } from './event-platform-props.ts';
export * from './layers.ts';
export * from './render.ts';
export * from './trace-endpoint.ts';
