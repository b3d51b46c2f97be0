import './core/peer-packages.ts';

export {
  type AppManifest,
  defineApp,
  defineEvent,
  defineStateStore,
  type EventContract,
  type EventData,
  type EventSchema,
  type JobDeclaration,
  type Migration,
  type StateStoreContract,
  type StateValue,
  type TimeSpan,
} from '@cdk8s-event-platform/contracts';
export { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';

// The platform.
export {
  type BrokerDefaults,
  Environment,
  type AwsMskOptions,
  type EnvironmentOptions,
  type ExternalPostgres,
  type ImageSource,
  type PlatformImageSource,
} from './platform/environment.ts';
export { DeclarationError } from './core/errors.ts';
export { EventPlatform } from './platform/event-platform.ts';
export type { EventPlatformProps, PlatformLinks } from './platform/event-platform-props.ts';
export { Layer } from './platform/layers.ts';
export type { OperatorObjects, PlatformDefaults } from './platform/platform-defaults.ts';
export { DnsServer } from './security/dns-server.ts';
export {
  type Manifest,
  type RenderedLayer,
  type RenderedObject,
  renderObjects,
  renderPlatform,
} from './platform/render.ts';
export { TraceEndpoint, type TraceProtocol } from './platform/trace-endpoint.ts';
export {
  type ClusterPart,
  DEFAULT_IMAGES,
  SUPPORTED_VERSIONS,
  versionProblems,
  VERSIONS,
} from './core/versions.ts';

// Apps.
export type { AppOptions } from './apps/app-options.ts';
export type { AppWorkload } from './apps/app-workload.ts';
export type { IDeadLetterCollector } from './apps/dead-letter-collector.ts';
export {
  DeadLetterProcessor,
  type DeadLetterProcessorProps,
} from './apps/dead-letter-processor.ts';
export type { JobOptions } from './apps/app-jobs.ts';
export { EventApp } from './apps/event-app.ts';
export type { DeliveryOptions, EventAppProps } from './apps/event-app-props.ts';
export { EventProducer, type EventProducerProps } from './apps/event-producer.ts';
export type { EventReceiver } from './apps/event-receiver.ts';
export { EventService, type EventServiceProps } from './apps/event-service.ts';
export type { InvokeOptions } from './apps/service-invocation.ts';
export { EventTools, type EventToolsProps } from './apps/event-tools.ts';
export { IdempotentConsumer, type IdempotentConsumerProps } from './apps/idempotent-consumer.ts';
export { SagaOrchestrator, type SagaOrchestratorProps } from './apps/saga-orchestrator.ts';
export { Projection, type ProjectionProps } from './apps/projection.ts';

// Dapr.
export type { IEventApp } from './messaging/event-app.ts';
export { DaprConfiguration, type DaprConfigurationProps } from './dapr/dapr-configuration.ts';
export { DaprJob, type DaprJobOptions, type DaprJobProps } from './dapr/dapr-job.ts';
export { DaprPubSub, type DaprPubSubProps } from './dapr/dapr-pub-sub.ts';
export { DaprResiliency, type DaprResiliencyProps } from './dapr/dapr-resiliency.ts';
export { DaprStateStore, type DaprStateStoreProps } from './dapr/dapr-state-store.ts';
export {
  type BulkDelivery,
  DaprSubscription,
  type DaprSubscriptionProps,
} from './dapr/dapr-subscription.ts';
export type { InvokedMethod, InvokedOperation } from './dapr/invoked-operations.ts';
export type { RetryPolicy } from './dapr/retry-policy.ts';
export {
  type ImportTopicOptions,
  Topic,
  type TopicOptions,
  type TopicProps,
} from './messaging/topic.ts';
export type { Retention, StartPosition } from './messaging/topic-policies.ts';

// Brokers.
export {
  type EventHubsOptions,
  ExternalKafkaAuthentication,
  type MskIamOptions,
  type MskScramOptions,
  type PasswordOptions,
} from './broker/external-kafka/external-authentication.ts';
export type { BrokerOptions, BrokerServerOptions } from './broker/parts/broker-options.ts';
export type { KafkaOptions } from './broker/kafka-protocol/kafka-options.ts';
export type { AdmitClientOptions } from './broker/kafka-protocol/admitted-clients.ts';
export { ExternalKafka } from './broker/external-kafka/external-kafka.ts';
export type { KafkaGrant } from './broker/external-kafka/external-grants.ts';
export type { ExporterIdentity } from './broker/external-kafka/external-workloads.ts';
export type { ExternalKafkaOptions } from './broker/external-kafka/external-options.ts';
export { KafkaCluster } from './broker/kafka/kafka-cluster.ts';
export type {
  KafkaClusterProps,
  KafkaControllersProps,
  SocketBuffers,
} from './broker/kafka/kafka-cluster-props.ts';
export {
  type CertificateIssuer,
  KafkaSecurity,
  type ScramOverTlsOptions,
} from './broker/kafka/kafka-security.ts';
export { KafkaUi, type KafkaUiProps } from './broker/kafka-ui/kafka-ui.ts';
export type {
  Compression,
  IMessageBroker,
  LagThresholds,
  LagTrigger,
  PubSubBinding,
  SubscriptionNeeds,
  TopicDefaults,
  TopicSpec,
  TopicSubscription,
} from './messaging/message-broker.ts';
export type {
  GroupState,
  Toolbox,
  ToolboxClient,
  TopicReader,
  TopicRecord,
  TopicState,
} from './messaging/toolbox.ts';
export { NatsJetStream } from './broker/nats/nats-jet-stream.ts';
export type { NatsJetStreamProps } from './broker/nats/nats-jet-stream-props.ts';
export { RabbitMqCluster } from './broker/rabbitmq/rabbitmq-cluster.ts';
export type { RabbitMqClusterProps } from './broker/rabbitmq/rabbitmq-cluster-props.ts';
export { RedisStreams } from './broker/redis-streams/redis-streams.ts';
export type { RedisStreamsProps } from './broker/redis-streams/redis-streams-props.ts';
export { AppendFsync } from './broker/redis-streams/server-files.ts';
export { StrimziKafka } from './broker/strimzi/strimzi-kafka.ts';
export type { StrimziKafkaProps } from './broker/strimzi/strimzi-props.ts';

// Data, notifications and secrets.
export type { MigrationJobOptions } from './data/database-migrations.ts';
export {
  type KeyServer,
  type LoginValue,
  type RedisConnectionOptions,
  type RedisStateOptions,
  StateStoreBackend,
} from './dapr/state-store-backend.ts';
export { EventStore, type EventStoreProps } from './data/event-store.ts';
export { PostgresDatabase, type PostgresDatabaseProps } from './data/postgres-database.ts';
export { type ExternalRedis, RedisCache, type RedisCacheProps } from './data/redis-cache.ts';
export { EvictionPolicy } from './data/redis-cache-server.ts';
export { MailSink, type MailSinkProps } from './notifications/mail-sink.ts';
export {
  NotificationTarget,
  type SmtpOptions,
  type WebhookOptions,
} from './notifications/notification-target.ts';
export { fillTemplate, type SecretReference, SecretValue } from './security/secret-reference.ts';
export type { NetworkPeer } from './security/network-policies.ts';
export type { DefaultServiceAccount, ServiceAccountOptions } from './security/service-account.ts';

// Scaling.
export { CpuScaler, type CpuScalerProps } from './scaling/cpu-scaler.ts';
export {
  KedaLagScaler,
  type KedaLagScalerOptions,
  type KedaLagScalerProps,
} from './scaling/keda-lag-scaler.ts';
export type { IScalable } from './scaling/scalable.ts';

// Observability.
export {
  type Alert,
  AlertRules,
  type AlertRulesProps,
  AlertSeverity,
  type RecordingRule,
} from './observability/alert-rules.ts';
export type { ConsumerAlertOptions } from './observability/consumer-alerts.ts';
export { type DashboardLink, DashboardName } from './observability/dashboard-link.ts';
export {
  Dashboard,
  type DashboardDiscovery,
  type DashboardProps,
  type DashboardRow,
} from './observability/dashboards/dashboard.ts';
export type { DashboardVariable } from './observability/dashboards/dashboard-variables.ts';
export {
  GrafanaDashboards,
  type GrafanaDashboardsProps,
} from './observability/dashboards/grafana-dashboards.ts';
export {
  timeSeries,
  note,
  number,
  type PanelBuilder,
  type PanelQuery,
  table,
} from './observability/dashboards/panels.ts';
export type { DeliverySloOptions } from './observability/delivery-slo.ts';
export { Jaeger, type JaegerProps } from './observability/jaeger.ts';

// What is declared, as a picture and as AsyncAPI.
export { asyncApi, type AsyncApiDocument, type AsyncApiOptions } from './outputs/async-api.ts';
export { platformDiagram } from './outputs/mermaid.ts';
export type {
  EdgeKind,
  NodeKind,
  PlatformEdge,
  PlatformGroup,
  PlatformModel,
  PlatformNode,
} from './outputs/platform-model.ts';
export { readPlatform } from './outputs/read-platform.ts';
