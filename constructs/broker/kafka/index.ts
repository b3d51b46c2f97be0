export * from './external-authentication.ts';
export * from './external-kafka.ts';
export * from './external-login.ts';
export * from './external-options.ts';
export * from './kafka-cluster.ts';
export * from './kafka-cluster-props.ts';
export * from './kafka-security.ts';
export * from './kafka-ui.ts';
