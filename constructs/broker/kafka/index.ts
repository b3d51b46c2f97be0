export * from './kafka-cluster.ts';
export * from './kafka-cluster-props.ts';
export * from './kafka-security.ts';
