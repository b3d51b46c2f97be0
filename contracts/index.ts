import './node-version.ts';

export { type AppManifest, defineApp, type Migration } from './app-manifest.ts';
export {
  type CommandContract,
  type CommandReply,
  defineCommand,
  type ReplyData,
  type ReplyOptions,
} from './command.ts';
export type {
  Compatibility,
  CompatibilityMode,
  CompatibilityOptions,
  CompatibilityPolicy,
} from './compatibility/option.ts';
export { compositeKey } from './composite-key.ts';
export type { Delivery } from './delivery.ts';
export { eventKey } from './key-of-event.ts';
export {
  defineEvent,
  type EventContract,
  type EventData,
  type EventSchema,
} from './event-contract.ts';
export { defineStateStore, type StateStoreContract, type StateValue } from './state-store.ts';
export type { TimeSpan } from './time-span.ts';
export type { JobDeclaration, JobOverride, OneTimeJob, RepeatedJob } from './job.ts';
export {
  defineProjection,
  type ProjectionContract,
  type ProjectionDeclaration,
  type ProjectionTable,
} from './projection.ts';
export {
  defineStoredEvent,
  type StoredEventContract,
  type StoredEventData,
} from './stored-event.ts';
export { defineStreams, type StreamsContract } from './streams.ts';
export { defineSaga } from './define-saga.ts';
export type {
  OutcomeOf,
  SagaContract,
  SagaData,
  SagaOutcomes,
  SagaRetry,
  SagaStep,
} from './saga.ts';
