import { RedisCache, type SecretReference, SecretValue } from '../../constructs/index.ts';
import { AWS_PLACEHOLDERS, awsEnvironment } from '../aws-environment.ts';
import { mskCluster, onAws } from '../aws-services.ts';
import { preferSpareCapacity } from '../spare-capacity.ts';
import type { AwsPlatform, AwsPlatformOptions } from '../system.ts';
import { trafficPlatform } from './traffic-platform.ts';

/** The Secret with the token of the cache. */
const CACHE_CREDENTIALS: SecretReference = {
  name: 'redis-credentials',
  keys: { password: SecretValue.external('token that ElastiCache was made with') },
};

/** The traffic manager with MSK, RDS and ElastiCache. Rendering needs no account. */
export function trafficAwsPlatform(options: AwsPlatformOptions = {}): AwsPlatform {
  const platform = trafficPlatform(awsEnvironment({ namespace: 'traffic', ...options }), {
    broker: (scope) => mskCluster(scope, options),
    cache: (scope) =>
      RedisCache.external(scope, 'cache', {
        host: AWS_PLACEHOLDERS.redis,
        credentials: CACHE_CREDENTIALS,
      }),
  });
  preferSpareCapacity(platform);
  return { ...onAws(platform), cacheCredentials: CACHE_CREDENTIALS };
}
