export * from './rabbitmq-cluster.ts';
export * from './rabbitmq-cluster-props.ts';
