import { App } from 'cdk8s';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { manifest as analytics } from '../../app-images/orders/analytics/manifest.ts';
import { manifest as audit } from '../../app-images/orders/audit/manifest.ts';
import { manifest as crm } from '../../app-images/orders/crm/manifest.ts';
import { manifest as email } from '../../app-images/orders/email/manifest.ts';
import { manifest as inventory } from '../../app-images/orders/inventory/manifest.ts';
import { manifest as notifications } from '../../app-images/orders/notifications/manifest.ts';
import { manifest as orchestrator } from '../../app-images/orders/orchestrator/manifest.ts';
import { manifest as orders } from '../../app-images/orders/orders/manifest.ts';
import { manifest as payments } from '../../app-images/orders/payments/manifest.ts';
import { manifest as shipping } from '../../app-images/orders/shipping/manifest.ts';
import { manifest as users } from '../../app-images/orders/users/manifest.ts';
import {
  DaprPubSub,
  DeadLetterProcessor,
  type Environment,
  EventPlatform,
  EventService,
  EventStore,
  EventTools,
  GrafanaDashboards,
  IdempotentConsumer,
  type IMessageBroker,
  KafkaCluster,
  MailSink,
  type NotificationTarget,
  PostgresDatabase,
  SagaOrchestrator,
} from '../../constructs/index.ts';

/** What can be exchanged in the order platform. */
export interface OrderPlatformOptions {
  /** Makes the broker. @default - Kafka */
  readonly broker?: (platform: EventPlatform) => IMessageBroker;
  /** Called with the database. @default - not called */
  readonly onDatabase?: (database: PostgresDatabase) => void;
  /** Where mails go. @default - locally to a mail sink; elsewhere it has to be said */
  readonly mails?: NotificationTarget;
}

/** Consumers that also answer requests. */
const SERVICES: readonly AppManifest[] = [
  ...[orders, payments, inventory, shipping],
  ...[notifications, analytics, audit, crm],
];

/**
 * The order platform: orders are paid, their items set aside, and sent. Services lead an order on by each other's events, or an
 * orchestrator leads it by commands.
 */
export function orderPlatform(
  environment: Environment,
  options: OrderPlatformOptions = {},
): EventPlatform {
  const platform = new EventPlatform(new App(), 'order-platform', { environment });
  const broker = options.broker?.(platform) ?? new KafkaCluster(platform, 'kafka');
  const database = new PostgresDatabase(platform, 'postgres');
  options.onDatabase?.(database);
  new EventStore(platform, 'event-store', { database });
  const mails =
    options.mails ??
    (environment.production
      ? undefined
      : new MailSink(platform, 'mail-sink').targetOf(email.appId));
  const pubSub = new DaprPubSub(platform, 'order-pubsub', { broker });
  const deadLetters = new DeadLetterProcessor(platform, 'dead-letter-processor', {
    pubSub,
    database,
  });
  const shared = { pubSub, database, deadLetters };
  new EventService(platform, users.appId, { pubSub, database, manifest: users });
  for (const manifest of SERVICES) {
    new EventService(platform, manifest.appId, { ...shared, manifest });
  }
  new IdempotentConsumer(platform, email.appId, {
    ...{ ...shared, manifest: email },
    ...(mails && { notifications: mails }),
  });
  new SagaOrchestrator(platform, orchestrator.appId, { ...shared, manifest: orchestrator });
  new EventTools(platform, 'event-tools', { pubSub });
  new GrafanaDashboards(platform, 'dashboards');
  return platform;
}
