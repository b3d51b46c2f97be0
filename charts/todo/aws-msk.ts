import {
  type EventPlatform,
  type ExternalKafka,
  ExternalKafkaAuthentication,
  KafkaCluster,
  NotificationTarget,
  type PostgresDatabase,
  RedisCache,
  type SecretReference,
  SecretValue,
} from '../../constructs/index.ts';
import type { AwsPlatform, AwsPlatformOptions } from '../system.ts';
import { AWS_PLACEHOLDERS, awsEnvironment, preferSpareCapacity } from '../tasks/aws-msk.ts';
import { todoPlatform } from './todo-platform.ts';

/** The Secret with the token of the cache. */
const CACHE_CREDENTIALS: SecretReference = {
  name: 'redis-credentials',
  keys: { password: SecretValue.external('token that ElastiCache was made with') },
};

/** The Secret with user and password on the mail server. */
const MAIL_CREDENTIALS: SecretReference = {
  name: 'smtp-credentials',
  keys: {
    username: SecretValue.external('user on the mail server'),
    password: SecretValue.external('password on the mail server'),
  },
};

/** Stands for what only the owner of a mail server knows; the stack's configuration has it. */
const MAIL_EXAMPLE = {
  host: 'smtp.example.com',
  from: 'Todo <todo@example.com>',
  to: '{recipient}@users.example.com',
};

/** The Todo platform with MSK, RDS and ElastiCache. */
export function todoAwsPlatform(options: AwsPlatformOptions = {}): AwsPlatform {
  let broker: ExternalKafka | undefined;
  let database: PostgresDatabase | undefined;
  const environment = awsEnvironment({ namespace: 'todo', ...options });
  const platform: EventPlatform = todoPlatform(environment, {
    notifications: NotificationTarget.smtp({
      ...(options.mail ?? MAIL_EXAMPLE),
      credentials: MAIL_CREDENTIALS,
    }),
    broker: (scope) => {
      broker = KafkaCluster.fromBootstrap(scope, 'kafka', {
        bootstrapServers: AWS_PLACEHOLDERS.brokers,
        authentication: ExternalKafkaAuthentication.mskIam({
          region: options.region ?? 'eu-central-1',
        }),
      });
      return broker;
    },
    cache: (scope) =>
      RedisCache.external(scope, 'cache', {
        host: AWS_PLACEHOLDERS.redis,
        credentials: CACHE_CREDENTIALS,
      }),
    onDatabase: (created) => {
      database = created;
    },
  });
  preferSpareCapacity(platform);
  return {
    platform,
    broker: broker!,
    database: database!,
    stateCredentials: CACHE_CREDENTIALS,
    mailCredentials: MAIL_CREDENTIALS,
  };
}
