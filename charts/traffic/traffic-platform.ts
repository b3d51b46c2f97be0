import { App, Duration } from 'cdk8s';
import { manifest as api } from '../../app-images/traffic/api/manifest.ts';
import { manifest as audit } from '../../app-images/traffic/audit/manifest.ts';
import { manifest as cacheInvalidator } from '../../app-images/traffic/cache-invalidator/manifest.ts';
import { ProbeRoute, RouteChanged, RouteProbed } from '../../app-images/traffic/events/index.ts';
import { manifest as gateway } from '../../app-images/traffic/gateway/manifest.ts';
import { manifest as health } from '../../app-images/traffic/health/manifest.ts';
import { manifest as prober } from '../../app-images/traffic/prober/manifest.ts';
import { manifest as sync } from '../../app-images/traffic/sync/manifest.ts';
import { RouteCache } from '../../app-images/traffic/state/route-cache.ts';
import {
  DaprPubSub,
  DaprStateStore,
  DeadLetterProcessor,
  type Environment,
  EventPlatform,
  EventService,
  EventTools,
  GrafanaDashboards,
  IdempotentConsumer,
  type IMessageBroker,
  KafkaCluster,
  type NetworkPeer,
  PostgresDatabase,
  RedisCache,
  StateStoreBackend,
} from '../../constructs/index.ts';
import { addWebhookApp, type WebhookOptions } from '../webhooks.ts';

/** What can be exchanged in the traffic manager. */
export interface TrafficPlatformOptions {
  /** Makes the broker. @default - Kafka */
  readonly broker?: (platform: EventPlatform) => IMessageBroker;
  /** Makes the cache. @default - one in the cluster */
  readonly cache?: (platform: EventPlatform) => RedisCache;
  /** Called with the database. @default - not called */
  readonly onDatabase?: (database: PostgresDatabase) => void;
  /** Systems that are told of routes. @default - none */
  readonly webhooks?: WebhookOptions;
  /** Partitions of `route-events`, and so pods that may work on changes of routes. @default 10 */
  readonly partitions?: number;
  /** Where routes may lead for the prober to ask. @default - anywhere but at link-local addresses, on ports 80 and 443 */
  readonly probes?: readonly NetworkPeer[];
}

/** Everywhere but at addresses of the link, where clouds hand out credentials of their machines. */
const ANYWHERE: readonly NetworkPeer[] = [
  { peer: { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }, ports: [80, 443] },
  { peer: { ipBlock: { cidr: '::/0', except: ['fe80::/10'] } }, ports: [80, 443] },
];

/**
 * The traffic manager: an API keeps routes, resolves them from a cache, and publishes what happens to them; consumers empty
 * the cache, log, tell other systems and probe; a gateway asks the API where a route leads.
 */
export function trafficPlatform(
  environment: Environment,
  options: TrafficPlatformOptions = {},
): EventPlatform {
  const { partitions = 10, probes = ANYWHERE } = options;
  const platform = new EventPlatform(new App(), 'traffic-platform', { environment });
  const broker = options.broker?.(platform) ?? new KafkaCluster(platform, 'kafka');
  const database = new PostgresDatabase(platform, 'postgres');
  options.onDatabase?.(database);
  const cache = options.cache?.(platform) ?? new RedisCache(platform, 'cache');
  const store = new DaprStateStore(platform, RouteCache.name, {
    ...{ store: RouteCache, backend: StateStoreBackend.redis(cache) },
  });
  const pubSub = new DaprPubSub(platform, 'traffic-pubsub', { broker });
  pubSub.addTopic(RouteChanged, { partitions });
  // A probe of a minute ago says little: these may go.
  pubSub.addTopic(RouteProbed, { retention: Duration.hours(6) });
  pubSub.addTopic(ProbeRoute, { retention: Duration.hours(6) });
  const deadLetters = new DeadLetterProcessor(platform, 'dead-letter-processor', {
    pubSub,
    database,
  });
  const shared = { pubSub, database, deadLetters };
  const routes = new EventService(platform, api.appId, { ...shared, manifest: api });
  for (const manifest of [audit, health]) {
    new EventService(platform, manifest.appId, { ...shared, manifest });
  }
  new IdempotentConsumer(platform, cacheInvalidator.appId, {
    ...shared,
    manifest: cacheInvalidator,
  });
  new IdempotentConsumer(platform, prober.appId, {
    ...{ ...shared, manifest: prober },
    // Somebody may wait for the answer: there is always a pod.
    scaling: { minReplicas: 1 },
    // Each probe may take two seconds: it has a transaction of its own.
    bulk: { maxEvents: 1 },
    egress: probes,
  });
  addWebhookApp(platform, 'traffic-webhooks', { ...shared, manifest: sync }, options.webhooks);
  const redirecting = new EventService(platform, gateway.appId, {
    ...{ pubSub, database, manifest: gateway },
  });
  redirecting.grantInvoke(routes, [{ methods: ['GET'], path: '/api/resolve/**' }], {
    timeout: Duration.seconds(2),
  });
  new EventTools(platform, 'event-tools', { pubSub, stateStores: [store] });
  new GrafanaDashboards(platform, 'dashboards');
  return platform;
}
