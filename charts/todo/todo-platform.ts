import { App } from 'cdk8s';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { manifest as activity } from '../../app-images/todo/activity/manifest.ts';
import { manifest as analytics } from '../../app-images/todo/analytics/manifest.ts';
import { manifest as api } from '../../app-images/todo/api/manifest.ts';
import { manifest as audit } from '../../app-images/todo/audit/manifest.ts';
import { manifest as cacheInvalidator } from '../../app-images/todo/cache-invalidator/manifest.ts';
import { manifest as comments } from '../../app-images/todo/comments/manifest.ts';
import { manifest as gamification } from '../../app-images/todo/gamification/manifest.ts';
import { manifest as notifications } from '../../app-images/todo/notifications/manifest.ts';
import { manifest as onboarding } from '../../app-images/todo/onboarding/manifest.ts';
import { manifest as search } from '../../app-images/todo/search/manifest.ts';
import { manifest as sync } from '../../app-images/todo/sync/manifest.ts';
import { TaskCreated } from '../../app-images/todo/events/index.ts';
import { NotificationCache } from '../../app-images/todo/state/notification-cache.ts';
import { TaskCache } from '../../app-images/todo/state/task-cache.ts';
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
  MailSink,
  type NotificationTarget,
  PostgresDatabase,
  RedisCache,
  StateStoreBackend,
} from '../../constructs/index.ts';
import { addWebhookApp, type WebhookOptions } from '../webhooks.ts';
import { TodoWeb } from './web.ts';

/** What can be exchanged in the Todo platform. */
export interface TodoPlatformOptions {
  /** Makes the broker. @default - Kafka */
  readonly broker?: (platform: EventPlatform) => IMessageBroker;
  /** Makes the cache. @default - one in the cluster */
  readonly cache?: (platform: EventPlatform) => RedisCache;
  /** Called with the database. @default - not called */
  readonly onDatabase?: (database: PostgresDatabase) => void;
  /** Where notifications of users go. @default - locally to a mail sink; elsewhere it has to be said */
  readonly notifications?: NotificationTarget;
  /** Services that are told of tasks. @default - none */
  readonly webhooks?: WebhookOptions;
}

/** Consumers that also answer requests. */
const SERVICES: readonly AppManifest[] = [
  ...[activity, analytics, audit, comments, gamification, search],
];
/** Consumers that answer none. */
const CONSUMERS: readonly AppManifest[] = [cacheInvalidator, onboarding];

/**
 * The Todo platform: an API keeps users and tasks, and publishes what happens to them; ten consumers notify, count, find,
 * log, award, clean up and pass on what it says.
 */
export function todoPlatform(
  environment: Environment,
  options: TodoPlatformOptions = {},
): EventPlatform {
  const platform = new EventPlatform(new App(), 'todo-platform', { environment });
  const broker = options.broker?.(platform) ?? new KafkaCluster(platform, 'kafka');
  const database = new PostgresDatabase(platform, 'postgres');
  options.onDatabase?.(database);
  const cache = options.cache?.(platform) ?? new RedisCache(platform, 'cache');
  const stateStores = [TaskCache, NotificationCache].map((store) => {
    const backend = StateStoreBackend.redis(cache);
    return new DaprStateStore(platform, store.name, { store, backend });
  });
  const pubSub = new DaprPubSub(platform, 'todo-pubsub', { broker });
  pubSub.addTopic(TaskCreated, { partitions: 10 });
  const deadLetters = new DeadLetterProcessor(platform, 'dead-letter-processor', {
    pubSub,
    database,
  });
  const shared = { pubSub, database, deadLetters };
  new EventService(platform, api.appId, { ...shared, manifest: api });
  for (const manifest of SERVICES) {
    new EventService(platform, manifest.appId, { ...shared, manifest });
  }
  for (const manifest of CONSUMERS) {
    new IdempotentConsumer(platform, manifest.appId, { ...shared, manifest });
  }
  const mail =
    options.notifications ??
    (environment.production
      ? undefined
      : new MailSink(platform, 'mail-sink').targetOf(notifications.appId));
  new EventService(platform, notifications.appId, {
    ...{ ...shared, manifest: notifications },
    ...(mail && { notifications: mail }),
  });
  addWebhookApp(platform, 'todo-webhooks', { ...shared, manifest: sync }, options.webhooks);
  const answering = [api, notifications, ...SERVICES].map(({ appId }) => appId);
  new EventTools(platform, 'event-tools', { pubSub, stateStores });
  new TodoWeb(platform, 'todo-web', answering);
  new GrafanaDashboards(platform, 'dashboards');
  return platform;
}
