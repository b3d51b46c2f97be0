import { App, Duration } from 'cdk8s';
import {
  DaprPubSub,
  Environment,
  EventPlatform,
  EventService,
  KafkaCluster,
  PostgresDatabase,
} from 'cdk8s-event-platform';
import { gatewayApp, routesApp } from './apps.ts';

export function routingPlatform(): EventPlatform {
  const environment = Environment.local();
  const platform = new EventPlatform(new App(), 'routing', { environment });
  const broker = new KafkaCluster(platform, 'kafka');
  const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
  const database = new PostgresDatabase(platform, 'postgres');
  const routes = new EventService(platform, 'routes', { manifest: routesApp, pubSub, database });
  const gateway = new EventService(platform, 'gateway', {
    manifest: gatewayApp,
    pubSub,
    database,
  });
  gateway.grantInvoke(routes, [{ methods: ['GET'], path: '/routes/*' }], {
    timeout: Duration.seconds(3),
  });
  return platform;
}
