export * from './kafka-ui.ts';
