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
  /** Metrics in the Prometheus text format. */
  metrics: '/metrics',
} as const;

/** Environment variables that a Deployment sets, beside those of libpq (`PGHOST`, …) and Dapr. */
export const RUNTIME_ENV = {
  /** Name of the Dapr pub/sub component to publish to. */
  pubSubName: 'PUBSUB_NAME',
  /** Least level that is logged: `debug`, `info`, `warn` or `error`. */
  logLevel: 'LOG_LEVEL',
  /** Port to listen on instead of the manifest's. @default - the manifest's */
  appPort: 'APP_PORT',
  /** Port that the sidecar serves its HTTP API on; set by Dapr's injector. */
  daprHttpPort: 'DAPR_HTTP_PORT',
} as const;

/** Metrics that every consumer emits; alerts and dashboards name them from here. */
export const RUNTIME_METRICS = {
  /** Counter by `type` and `result` (`processed`, `duplicate`, `invalid`, `failed`). */
  eventsConsumed: 'events_consumed_total',
  /** Histogram in seconds by `type`: from the delivery to its answer. */
  eventProcessing: 'event_processing_seconds',
  /** Counter by `type`: events that the broker has confirmed. */
  eventsPublished: 'events_published_total',
} as const;
