import { RedisCache, type SecretReference, SecretValue } from '../../constructs/index.ts';
import { AWS_PLACEHOLDERS, awsEnvironment } from '../aws-environment.ts';
import { awsMail, mskCluster, onAws } from '../aws-services.ts';
import { preferSpareCapacity } from '../spare-capacity.ts';
import type { AwsPlatform, AwsPlatformOptions } from '../system.ts';
import { todoPlatform } from './todo-platform.ts';

/** The Secret with the token of the cache. */
const CACHE_CREDENTIALS: SecretReference = {
  name: 'redis-credentials',
  keys: { password: SecretValue.external('token that ElastiCache was made with') },
};

/** Stands for what only the owner of a mail server knows; the stack's configuration has it. */
const MAIL_EXAMPLE = {
  host: 'smtp.example.com',
  from: 'Todo <todo@example.com>',
  to: '{recipient}@users.example.com',
};

/** The Todo platform with MSK, RDS and ElastiCache. Rendering needs no account. */
export function todoAwsPlatform(options: AwsPlatformOptions = {}): AwsPlatform {
  const platform = todoPlatform(awsEnvironment({ namespace: 'todo', ...options }), {
    notifications: awsMail(options, MAIL_EXAMPLE),
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
