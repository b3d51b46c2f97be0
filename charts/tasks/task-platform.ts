import { DEAD_LETTER_PROCESSOR } from '@cdk8s-event-platform/contracts/interface';
import { App } from 'cdk8s';
import { manifest as analyticsAggregator } from '../../app-images/tasks/analytics-aggregator/manifest.ts';
import { manifest as notificationSender } from '../../app-images/tasks/notification-sender/manifest.ts';
import { manifest as producer } from '../../app-images/tasks/producer/manifest.ts';
import { manifest as taskProcessor } from '../../app-images/tasks/task-processor/manifest.ts';
import {
  CpuScaler,
  DaprPubSub,
  DeadLetterProcessor,
  type Environment,
  EventPlatform,
  EventProducer,
  GrafanaDashboards,
  IdempotentConsumer,
  type IMessageBroker,
  KafkaCluster,
  MailSink,
  type NotificationTarget,
  PostgresDatabase,
} from '../../constructs/index.ts';

/** Folders below `app-images/` of the images that the platform runs, by name. */
export const TASK_PLATFORM_IMAGES: Readonly<Record<string, string>> = {
  [producer.appId]: 'tasks/producer',
  [DEAD_LETTER_PROCESSOR.appId]: 'dead-letter-processor',
  [taskProcessor.appId]: 'tasks/task-processor',
  [notificationSender.appId]: 'tasks/notification-sender',
  [analyticsAggregator.appId]: 'tasks/analytics-aggregator',
};

/** What can be exchanged in the task platform. */
export interface TaskPlatformOptions {
  /** Makes the broker. @default - Kafka */
  readonly broker?: (platform: EventPlatform) => IMessageBroker;
  /** Where notifications of users go. @default - locally to a mail sink; elsewhere it has to be said */
  readonly notifications?: NotificationTarget;
}

/**
 * The task platform: a producer publishes that a task was created; a processor, a notifier and an
 * aggregator each receive it once.
 */
export function taskPlatform(
  environment: Environment,
  options: TaskPlatformOptions = {},
): EventPlatform {
  const platform = new EventPlatform(new App(), 'task-platform', { environment });
  const broker = options.broker?.(platform) ?? new KafkaCluster(platform, 'kafka');
  const database = new PostgresDatabase(platform, 'postgres');
  const pubSub = new DaprPubSub(platform, 'kafka-pubsub', { broker });
  const producing = new EventProducer(platform, 'producer', {
    manifest: producer,
    pubSub,
    database,
  });
  if (environment.production) {
    new CpuScaler(platform, 'producer-scaler', { target: producing });
  }
  const deadLetters = new DeadLetterProcessor(platform, 'dead-letter-processor', {
    pubSub,
    database,
  });
  const shared = { pubSub, database, deadLetters };
  new IdempotentConsumer(platform, 'task-processor', {
    ...shared,
    manifest: taskProcessor,
    replicas: 3,
  });
  const notifications =
    options.notifications ??
    (environment.production
      ? undefined
      : new MailSink(platform, 'mail-sink').targetOf(notificationSender.appId));
  new IdempotentConsumer(platform, 'notification-sender', {
    ...shared,
    manifest: notificationSender,
    replicas: 2,
    ...(notifications && { notifications }),
  });
  new IdempotentConsumer(platform, 'analytics-aggregator', {
    ...shared,
    manifest: analyticsAggregator,
    replicas: 2,
  });
  new GrafanaDashboards(platform, 'dashboards');
  return platform;
}
