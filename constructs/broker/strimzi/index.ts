export * from './strimzi-kafka.ts';
export * from './strimzi-objects.ts';
export * from './strimzi-props.ts';
