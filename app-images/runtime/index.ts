// Apps.
export {
  type Consumer,
  batch,
  consumer,
  type ConsumerPart,
  each,
  type Handler,
  type HandlerOptions,
} from './delivery/consumer.ts';
export { type Upcast, upcast, type Upcasts } from './events/upcast.ts';
export { startConsumer } from './process/start-consumer.ts';
export { startEventTools } from './process/event-tools.ts';
export { type ServiceParts, startProducer, startService } from './process/start-service.ts';

// What handlers are given, and what they throw.
export type { Cause } from './events/causation.ts';
export type { CloudEvent } from './events/cloud-event.ts';
export type { Transaction } from './database/database.ts';
export { type EffectRequest, type SideEffect, sideEffect } from './effects/effects.ts';
export type { EventPublishing, EventToPublish, PublishOptions } from './outbox/event-publisher.ts';
export type { EventTransaction } from './delivery/event-transaction.ts';
export { InvalidEventError } from './errors/invalid-event-error.ts';

// Personal data and large values.
export {
  type ClaimCheck,
  claimCheck,
  type ClaimCheckOptions,
  type ClaimStore,
} from './sealing/claim-check.ts';
export { isErased } from './sealing/personal-data.ts';
export { postgresClaims } from './sealing/postgres-claims.ts';
export { s3Claims, type S3ClaimsOptions, type S3ClientSettings } from './sealing/s3-claims.ts';
export { DependencyUnavailableError } from './errors/failure.ts';

// Commands.
export { handles } from './requests/handles.ts';
export type { RequestOptions } from './requests/request-sender.ts';
export { type Requests, requests } from './requests/requests.ts';
export { RequestConflictError, RequestTimeoutError } from './errors/request-errors.ts';

// Sagas.
export { type Orchestration, orchestrate } from './sagas/orchestrate.ts';
export type { CancelledSaga, Saga, SagaCode } from './sagas/saga-code.ts';
export type { SagaToStart } from './sagas/saga-starter.ts';
export type { SagaReason } from './sagas/saga-state.ts';

// Jobs.
export type { JobHandler, JobRun } from './jobs/job.ts';
// State and caches.
export {
  type Load,
  ReadThroughCache,
  readThroughCache,
  type ReadThroughCacheOptions,
} from './state/read-through-cache.ts';
export {
  StateClient,
  stateClient,
  type StateClientOptions,
  type StateEntry,
  type StateSetEntry,
  type StateSetOptions,
} from './state/state-client.ts';
export { StateConflictError } from './errors/state-conflict-error.ts';

// Event stores.
export {
  Aggregate,
  aggregate,
  type AggregateOptions,
  type CommandOf,
  type Decide,
  type Decides,
  type DecisionContext,
  type HandledCommand,
  type LoadedState,
  type LoadStateOptions,
} from './event-store/aggregate.ts';
export type { Decision, Evolve } from './event-store/decider.ts';
export { record, type RecordOptions } from './event-store/record.ts';
export {
  type AppendOptions,
  type AppendResult,
  type AppendTransaction,
  eventStore,
  EventStoreClient,
  type EventStoreOptions,
  type LoadedStream,
  type LoadOptions,
  type UpcastsOf,
} from './event-store/event-store.ts';
export {
  happened,
  type NewStoredEvent,
  type NewStoredEventOf,
  type StoredEvent,
  type StoredEventOf,
  type StoredMetadata,
} from './event-store/stored-event.ts';
export {
  CommandRefusedError,
  type CommandRefusedOptions,
  StreamConflictError,
  UnreadableEventError,
} from './errors/stream-errors.ts';

// Projections.
export {
  projection,
  type ProjectionHandlers,
  type ProjectionOptions,
  ProjectionPart,
} from './projections/projection.ts';

// Calls of other apps.
export { type AppClient, appClient, type AppClientOptions } from './calls/app-client.ts';
export {
  AppCallError,
  AppUnavailableError,
  CallDeniedError,
  type CallName,
  type CallProblem,
  type UnavailableReason,
} from './calls/call-errors.ts';
export type { CallAnswer } from './calls/call-reply.ts';
export type { CallOptions, CallWithBodyOptions, QueryValue } from './calls/call-request.ts';

// HTTP routes.
export { HttpProblem, type HttpProblemOptions, type ProblemDetail } from './http/problem.ts';
export { checkIfMatch, etagOf, isUnchanged } from './http/etag.ts';
export { openApi, type OpenApiInfo } from './http/open-api.ts';
export {
  answer,
  type AnswerDescription,
  Api,
  ApiAnswer,
  type ApiRequest,
  type RequestTransaction,
  type RouteHandler,
  type RouteOptions,
} from './http/routes.ts';

// Events without a transaction.
export { type EventSender, eventSender } from './sending/event-sender.ts';
export type {
  EventSenderOptions,
  SendBatchOptions,
  SendMode,
  SendOptions,
} from './sending/send-settings.ts';

// Webhooks.
export {
  type WebhookSettings,
  webhookSettings,
  type WebhookSettingsOptions,
  type WebhookTarget,
} from './effects/webhook-settings.ts';
export { type Webhooks, webhooks, webhookSignature } from './effects/webhooks.ts';

// Notifications, logs, and publishing without a database.
export { createLogger, type Logger } from './telemetry/logging.ts';
export { type Notification, notifications } from './effects/notifications.ts';
export { EventSource } from './events/event-source.ts';
export { Publisher, PublishError } from './outbox/publisher.ts';
