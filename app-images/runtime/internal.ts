/** Everything, for the images and runs of this repository; no part of the package. */
export { Budget } from './http/budget.ts';
export * from './events/cloud-event.ts';
export * from './delivery/consumer.ts';
export type { DeliveryResult, DeliveryReceiver } from './delivery/delivery-processor.ts';
export {
  inTransaction,
  openDatabase,
  runStatement,
  type Transaction,
} from './database/database.ts';
export type { Cause } from './events/causation.ts';
export { sideEffect, type EffectRequest, type SideEffect } from './effects/effects.ts';
export type { EventPublishing, EventToPublish, PublishOptions } from './outbox/event-publisher.ts';
export type { EventTransaction } from './delivery/event-transaction.ts';
export * from './events/event-source.ts';
export * from './events/upcast.ts';
export * from './errors/failure.ts';
export { RejectedError } from './http/concurrency-limiter.ts';
export { limitConnections, readBody, serverLimits } from './http/messages.ts';
export { HttpProblem, type HttpProblemOptions, type ProblemDetail } from './http/problem.ts';
export {
  answer,
  Api,
  ApiAnswer,
  type ApiRequest,
  type RequestTransaction,
  type RouteHandler,
  type RouteOptions,
} from './http/routes.ts';
export { runAll } from './process/housekeeping.ts';
export * from './errors/invalid-event-error.ts';
export { type JsonLimits, jsonPart, type JsonPart, parseJson, readJson } from './events/json.ts';
export * from './telemetry/logging.ts';
export { metricsServer } from './http/metrics-server.ts';
export * from './telemetry/metrics.ts';
export { type Notification, notifications } from './effects/notifications.ts';
export * from './outbox/outbox.ts';
export * from './outbox/publisher.ts';
export * from './quarantine/quarantine.ts';
export * from './database/readiness.ts';
export { parseReceivedEvent, type ReceivedEvent } from './events/received-event.ts';
export * from './outbox/relay.ts';
export { boundedReasons } from './events/schema-check.ts';
export { addPlatformFormats } from '@cdk8s-event-platform/contracts/internal';
export * from './http/in-flight-tracker.ts';
export * from './process/shutdown.ts';
export { checkSidecarVersion } from './sidecar/sidecar-version.ts';
export * from './process/start-consumer.ts';
export * from './process/start-service.ts';
export * from './process/start.ts';
export { type RunningRelay, startRelay, type StartRelayOptions } from './process/start-relay.ts';
export type { Outcome } from './delivery/batch-transaction.ts';
export type { TracedEvent } from './delivery/trace-delivery.ts';
export { type HttpRequest, traceRequest, type TracedRequest } from './http/trace-request.ts';
export { Tracing } from './telemetry/tracing.ts';
export { wallClock } from './telemetry/wall-clock.ts';
export * from './process/polling-loop.ts';
