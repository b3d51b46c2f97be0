import type { AwsPlatform, System } from '../../../charts/system.ts';

/** What systems declare that a bill depends on. */
export interface Declared {
  /** Topics, dead letters included. */
  readonly topics: number;
  /** Consumers that an event goes to, on average over the topics of events. */
  readonly consumers: number;
  /** Secrets in Secrets Manager. */
  readonly secrets: number;
  /** Servers of RDS, one for each system with a database. */
  readonly databases: number;
  /** Caches in ElastiCache, one for each system with a cache. */
  readonly caches: number;
  /** Images in ECR. Systems share those of one name. */
  readonly images: number;
}

function count(platforms: readonly AwsPlatform[], of: (platform: AwsPlatform) => number): number {
  return platforms.reduce((sum, platform) => sum + of(platform), 0);
}

/** Names of topics that events are published to: those that are not for dead letters. */
function eventTopics({ broker }: AwsPlatform): Set<string> {
  return new Set(broker.topics.map(({ name }) => name).filter((name) => !name.endsWith('.dlq')));
}

/** What systems declare for AWS. Those that it deploys nothing of count for nothing. */
export function declaredBy(systems: readonly Pick<System, 'awsMsk' | 'images'>[]): Declared {
  const platforms = systems.flatMap(({ awsMsk }) => (awsMsk ? [awsMsk.declare({})] : []));
  const events = count(platforms, (platform) => eventTopics(platform).size);
  const subscriptions = count(platforms, (platform) => {
    const topics = eventTopics(platform);
    return platform.broker.grants
      .flatMap(({ receives }) => receives)
      .filter((topic) => topics.has(topic)).length;
  });
  return {
    topics: count(platforms, ({ broker }) => broker.topics.length),
    consumers: events === 0 ? 0 : subscriptions / events,
    secrets: count(platforms, ({ platform }) => platform.secrets.length),
    databases: count(platforms, ({ database }) => (database ? 1 : 0)),
    caches: count(platforms, ({ cacheCredentials }) => (cacheCredentials ? 1 : 0)),
    images: new Set(systems.flatMap(({ images }) => Object.keys(images))).size,
  };
}
