export * from './rabbitmq-cluster.ts';
