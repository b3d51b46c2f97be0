import { App } from 'cdk8s';
import { Environment, EventPlatform, PostgresDatabase } from 'cdk8s-event-platform';
import { clusterProvider, generatedSecret, PlatformObjects } from '@cdk8s-event-platform/pulumi';

const platform = new EventPlatform(new App(), 'orders', { environment: Environment.local() });
new PostgresDatabase(platform, 'postgres'); // and the rest of your platform

new PlatformObjects(
  'orders',
  { platform, secret: generatedSecret() },
  { provider: clusterProvider({ context: 'kind-orders' }) },
);
