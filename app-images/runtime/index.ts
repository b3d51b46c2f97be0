// Apps.
export { type Consumer, batch, consumer, each, type Handler } from './consumer.ts';
export { startConsumer } from './start-consumer.ts';
export { type ServiceParts, startProducer, startService } from './start-service.ts';

// What handlers are given, and what they throw.
export type { Cause } from './causation.ts';
export type { CloudEvent } from './cloud-event.ts';
export type { Transaction } from './database.ts';
export { type EffectRequest, type SideEffect, sideEffect } from './effects.ts';
export type { EventPublishing, EventToPublish, PublishOptions } from './event-publisher.ts';
export type { EventTransaction } from './event-transaction.ts';
export { InvalidEventError } from './invalid-event-error.ts';

// HTTP routes.
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

// Notifications, logs, and publishing without a database.
export { createLogger, type Logger } from './logging.ts';
export { type Notification, notifications } from './notifications.ts';
export { EventSource } from './events.ts';
export { Publisher, PublishError } from './publisher.ts';
