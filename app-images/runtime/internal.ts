/** Everything, for the images and runs of this repository; no part of the package. */
export { Budget } from './budget.ts';
export * from './cloud-event.ts';
export * from './consumer.ts';
export type { Delivered, DeliveryReceiver } from './delivery.ts';
export { inTransaction, openDatabase, runStatement, type Transaction } from './database.ts';
export type { Cause } from './causation.ts';
export { sideEffect, type EffectRequest, type SideEffect } from './effects.ts';
export type { EventPublishing, EventToPublish, PublishOptions } from './event-publisher.ts';
export type { EventTransaction } from './event-transaction.ts';
export * from './events.ts';
export * from './failure.ts';
export { OverloadError } from './gate.ts';
export { limitConnections, readBody, serverLimits } from './http.ts';
export { HttpProblem, type HttpProblemOptions, type ProblemDetail } from './http-problem.ts';
export {
  answer,
  Api,
  ApiAnswer,
  type ApiRequest,
  type RequestTransaction,
  type RouteHandler,
  type RouteOptions,
} from './http-routes.ts';
export { runAll } from './housekeeping.ts';
export * from './invalid-event-error.ts';
export { type JsonLimits, jsonPart, type JsonPart, parseJson, readJson } from './json.ts';
export * from './logging.ts';
export { metricsServer } from './metrics-server.ts';
export * from './metrics.ts';
export { type Notification, notifications } from './notifications.ts';
export * from './outbox.ts';
export * from './publisher.ts';
export * from './quarantine.ts';
export * from './readiness.ts';
export { parseReceivedEvent, type ReceivedEvent } from './received-event.ts';
export * from './relay.ts';
export { boundedReasons } from './schema-check.ts';
export { addPlatformFormats } from '@cdk8s-event-platform/contracts/internal';
export * from './shutdown.ts';
export { checkSidecarVersion } from './sidecar-version.ts';
export * from './start-consumer.ts';
export * from './start-service.ts';
export * from './start.ts';
export { type RunningRelay, startRelay, type StartRelayOptions } from './start-relay.ts';
export type { Outcome } from './attempt.ts';
export type { TracedEvent } from './trace-delivery.ts';
export { type HttpRequest, traceRequest, type TracedRequest } from './trace-request.ts';
export { Tracing, tracingFromEnv, wallClock } from './tracing.ts';
export * from './worker.ts';
