/**
 * What a Deployment of this platform and the image that it starts know of each other. The
 * constructs write these names into manifests, the image runtime reads them.
 */

/** HTTP paths that every image answers. */
export const RUNTIME_PATHS = {
  /** 200 while the process can answer. The kubelet's liveness probe. */
  live: '/healthz',
  /** 200 while the image can do its work (its database answers), else 503. */
  ready: '/readyz',
  /** Metrics in the Prometheus text format, on {@link METRICS_PORT} alone. */
  metrics: '/metrics',
} as const;

/**
 * Port that every image serves its metrics on. The port of the manifest is for the sidecar and for
 * requests: clients of that port cannot read metrics.
 */
export const METRICS_PORT = 9464;
/** Name of {@link METRICS_PORT} among the ports of the container. */
export const METRICS_PORT_NAME = 'metrics';

/** Environment variables that a Deployment sets, beside those of libpq (`PGHOST`, …) and Dapr. */
export const RUNTIME_ENV = {
  /** Name of the Dapr pub/sub component to publish to. */
  pubSubName: 'PUBSUB_NAME',
  /** Least level that is logged: `debug`, `info`, `warn` or `error`. */
  logLevel: 'LOG_LEVEL',
  /** Port to listen on instead of the manifest's. @default - the manifest's */
  appPort: 'APP_PORT',
  /** Port to serve metrics on instead of {@link METRICS_PORT}. @default 9464 */
  metricsPort: 'METRICS_PORT',
  /** Port that the sidecar serves its HTTP API on; set by Dapr's injector. */
  daprHttpPort: 'DAPR_HTTP_PORT',
  /**
   * Token that the sidecar sends with each request to the app. Other requests to the sidecar's paths are refused.
   * @default - no token is needed
   * @see https://docs.dapr.io/operations/security/app-api-token/
   */
  appApiToken: 'APP_API_TOKEN',
  /**
   * Token that the sidecar expects with each request of the app.
   * @default - no token is sent
   * @see https://docs.dapr.io/operations/security/api-token/
   */
  daprApiToken: 'DAPR_API_TOKEN',
  /** Seconds to finish what is in flight when the process is told to stop. @default 25 */
  drainSeconds: 'DRAIN_SECONDS',
  /** Days for which the inbox remembers events, by the day of their own time. @default 36 */
  inboxDays: 'INBOX_DAYS',
  /**
   * JSON object: the largest message in bytes of each topic that the image publishes to.
   * @default - 1 MiB for each topic
   */
  maxEventBytes: 'MAX_EVENT_BYTES',
  /** Seconds after which the sidecar no longer retries a delivery that has failed. @default 60 */
  retryWindow: 'RETRY_WINDOW_SECONDS',
  /** Seconds that the sidecar waits at most between two tries of a delivery. @default 16 */
  retryGap: 'RETRY_GAP_SECONDS',
  /** Number of the run through the log. Another number has every event processed once more. @default 0 */
  consumerEpoch: 'CONSUMER_EPOCH',
  /** Number of the interface that the manifest was rendered for: {@link INTERFACE}. @default - the image's own */
  interface: 'EVENT_PLATFORM_INTERFACE',
  /** Folder with the keys of events, for the dead-letter processor. @default {@link EVENT_KEYS_FOLDER} */
  eventKeys: 'EVENT_KEYS_FOLDER',
  /** JSON object, for the event tools: the `StateServer` of each store whose keys they list. @default - none */
  stateServers: 'STATE_SERVERS',
} as const;

/** Header of the tokens in {@link RUNTIME_ENV.appApiToken} and {@link RUNTIME_ENV.daprApiToken}. */
export const DAPR_TOKEN_HEADER = 'dapr-api-token';

/** Folder in which the dead-letter processor's container has the keys of events: a JSON array `[type, key]` a line. */
export const EVENT_KEYS_FOLDER = '/etc/event-platform/event-keys';

/**
 * Environment variables of tracing, OpenTelemetry's own but for the broker's name. Without an exporter
 * an image traces nothing.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export const TRACING_ENV = {
  /** `otlp`, `zipkin` or `none`. @default - none */
  exporter: 'OTEL_TRACES_EXPORTER',
  /** URL of OTLP over HTTP, without `/v1/traces`. */
  otlpEndpoint: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  /** URL of Zipkin's spans. */
  zipkinEndpoint: 'OTEL_EXPORTER_ZIPKIN_ENDPOINT',
  /** How to decide what is sampled: {@link TRACE_SAMPLER}. */
  sampler: 'OTEL_TRACES_SAMPLER',
  /** Ratio of new traces that are sampled, 0 to 1. @default 1 */
  samplerArgument: 'OTEL_TRACES_SAMPLER_ARG',
  /** Service that spans belong to; the sidecar's are of the same. @default - the app id */
  serviceName: 'OTEL_SERVICE_NAME',
  /** `messaging.system` of spans about events, e.g. `kafka`. @default 'dapr' */
  messagingSystem: 'MESSAGING_SYSTEM',
} as const;

/** What was sampled before stays sampled; of new traces a share is. */
export const TRACE_SAMPLER = 'parentbased_traceidratio';

/**
 * What has to be proven of events that are published: Dapr's component for RabbitMQ takes the loss
 * of its connection for a confirmation. Publishing something else has it find out.
 *
 * @see https://github.com/dapr/components-contrib/blob/v1.18.4/pubsub/rabbitmq/rabbitmq.go
 */
export const PUBLISH_PROOF = {
  /** Type of the component. */
  componentType: 'pubsub.rabbitmq',
  /** Topic that takes what is published as the proof. Nobody receives it. */
  topic: 'publish-proof',
} as const;

/**
 * Days for which events are remembered where nobody says otherwise: seven days in the topic, four
 * times as many in the dead-letter topic, and one for events that were published late.
 */
export const DEFAULT_INBOX_DAYS = 36;

/**
 * Bounds of the histogram of how long events take to be processed, in seconds. An SLO of delivery
 * has to be one of them.
 */
export const DELIVERY_BOUNDS: readonly number[] = [
  0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600,
];

/** Bounds of the histogram of how long sagas take, in seconds. */
export const SAGA_BOUNDS: readonly number[] = [
  0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400, 604_800,
];

/** Metrics that images emit; alerts and dashboards name them from here. */
export const RUNTIME_METRICS = {
  /** Counter by `type` and `result` (`processed`, `duplicate`, `quarantined`, `parked`, `failed`). */
  eventsConsumed: 'events_consumed_total',
  /** Histogram in seconds by `type`: from the delivery to its answer. */
  eventProcessing: 'event_processing_seconds',
  /** Histogram in seconds by `type`, bounds {@link DELIVERY_BOUNDS}: from an event's own time to its commit. */
  eventDelivery: 'event_delivery_seconds',
  /** Counter by `type`: events that the broker has confirmed. */
  eventsPublished: 'events_published_total',
  /**
   * Counter by `type` and `reason` (`buffer_full`, `not_confirmed`, `invalid`, `shutdown`): events that were sent without waiting,
   * and dropped.
   */
  eventsDropped: 'events_dropped_total',
  /** Gauge by `reason`: events of this consumer in the quarantine. */
  quarantineEvents: 'quarantine_events',
  /** Counter by `topic` and `consumer`: events that arrived in a dead-letter topic. */
  eventsDeadLettered: 'events_dead_lettered_total',
  /** Gauge in seconds: age of the oldest event that waits in the producer's outbox. */
  outboxAge: 'outbox_age_seconds',
  /** Gauge: events of the producer's outbox that cannot be published and were set aside. */
  outboxSetAside: 'outbox_set_aside_events',
  /** Gauge by `status`: side effects that are not done. */
  effectsOpen: 'effects_open',
  /** Counter by `store` and `result` (`hit`, `miss`, `bypass`): reads through a cache; `bypass` without it. */
  cacheRequests: 'cache_requests_total',
  /** Counter by `store`: keys of a cache that were invalidated. */
  cacheInvalidations: 'cache_invalidations_total',
  /** Counter by `job_name` and `result` (`done`, `duplicate`, `failed`): runs of jobs. */
  jobRuns: 'job_runs_total',
  /** Counter by `type` and `result` (`answered`, `timed_out`): commands whose answers an app has waited for. */
  requests: 'command_requests_total',
  /** Counter by `type`: answers to commands that nobody waits for any more. */
  lateReplies: 'command_late_replies_total',
  /** Counter by `saga`: sagas that were started. */
  sagasStarted: 'sagas_started_total',
  /** Counter by `saga` and `outcome` (`completed`, `cancelled`): sagas that have ended. */
  sagasEnded: 'sagas_ended_total',
  /** Histogram in seconds by `saga`: from the start to the end. */
  sagaDuration: 'saga_duration_seconds',
  /** Gauge by `saga` and `status` (`running`, `undoing`, `stuck`): sagas that have not ended. */
  sagasOpen: 'sagas_open',
  /** Gauge by `saga`, `step` and `during` (`request`, `undo`): sagas that somebody has to retry. */
  sagasStuck: 'sagas_stuck',
  /** Gauge by `saga` and `step`: sagas whose step has not been answered in time and cannot be undone, or that fail in the app. */
  sagasOverdue: 'sagas_overdue',
  /** Counter by `saga`, `step` and `reason` (`late`, `repeated`, `contradictory`, `unknown`): answers without an effect. */
  sagaAnswersIgnored: 'saga_answers_ignored_total',
  /** Gauge in seconds by `job_name`: how long its due time has been over; 0 while it is not due. */
  jobOverdue: 'job_overdue_seconds',
  /** Histogram in seconds by `job_name`: how long runs take. */
  jobDuration: 'job_duration_seconds',
  /** Counter by `streams` and `result` (`appended`, `repeated`, `conflict`): appends to an event store. */
  storeAppends: 'event_store_appends_total',
  /** Gauge in seconds by `streams`: how long committed events have been held back from readers. */
  storeHeldBack: 'event_store_held_back_seconds',
  /** Gauge in seconds by `projection` and `version`: age of the oldest event that is not in its tables; 0 when all are. */
  projectionLag: 'projection_lag_seconds',
  /** Counter by `projection` and `version`: events that were projected. */
  projectionEvents: 'projection_events_total',
  /** Gauge by `projection` and `version`: 1 while an event cannot be projected, else 0. */
  projectionStopped: 'projection_stopped',
} as const;

/**
 * Metrics that images emit of their process and of Node, on Linux: the default metrics of prom-client.
 *
 * @see https://github.com/siimon/prom-client#default-metrics
 */
export const PROCESS_METRICS: readonly string[] = [
  'process_cpu_user_seconds_total',
  'process_cpu_system_seconds_total',
  'process_cpu_seconds_total',
  'process_start_time_seconds',
  'process_resident_memory_bytes',
  'process_virtual_memory_bytes',
  'process_heap_bytes',
  'process_open_fds',
  'process_max_fds',
  'nodejs_eventloop_lag_seconds',
  'nodejs_eventloop_lag_min_seconds',
  'nodejs_eventloop_lag_max_seconds',
  'nodejs_eventloop_lag_mean_seconds',
  'nodejs_eventloop_lag_stddev_seconds',
  'nodejs_eventloop_lag_p50_seconds',
  'nodejs_eventloop_lag_p90_seconds',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_active_resources',
  'nodejs_active_resources_total',
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
  'nodejs_heap_size_total_bytes',
  'nodejs_heap_size_used_bytes',
  'nodejs_external_memory_bytes',
  'nodejs_heap_space_size_total_bytes',
  'nodejs_heap_space_size_used_bytes',
  'nodejs_heap_space_size_available_bytes',
  'nodejs_version_info',
  'nodejs_gc_duration_seconds',
];

/**
 * Environment variables that say where an image sends notifications: by mail ({@link NOTIFICATION_ENV.smtpHost})
 * or to a webhook ({@link NOTIFICATION_ENV.webhookUrl}), one of the two.
 */
export const NOTIFICATION_ENV = {
  /** Host of the mail server. */
  smtpHost: 'SMTP_HOST',
  /** Its port. @default 587 */
  smtpPort: 'SMTP_PORT',
  /** How the connection is secured: `starttls`, `tls` from the first byte, or `none`. @default 'starttls' */
  smtpSecurity: 'SMTP_SECURITY',
  /** User to log in as. @default - nobody logs in */
  smtpUser: 'SMTP_USER',
  /** Password of the user. */
  smtpPassword: 'SMTP_PASSWORD',
  /** Address that mails come from, e.g. `Tasks <tasks@example.com>`. */
  mailFrom: 'MAIL_FROM',
  /** Address of whom a notification is for, with `{recipient}` in place of the id, e.g. `{recipient}@example.com`. */
  mailTo: 'MAIL_TO',
  /** URL that notifications are posted to as JSON. */
  webhookUrl: 'NOTIFICATION_URL',
  /** Token that is sent along as `Authorization: Bearer`. @default - none */
  webhookToken: 'NOTIFICATION_TOKEN',
} as const;

/** How the connection to a mail server is secured. */
export type SmtpSecurity = 'starttls' | 'tls' | 'none';

/** What stands for the recipient's id in {@link NOTIFICATION_ENV.mailTo}. */
export const RECIPIENT = '{recipient}';
