/** For `@cdk8s-event-platform/dev` alone. */
export { AppInProcess, type InProcessOptions } from './app-in-process.ts';
export { createPreparedDatabase } from './database.ts';
export { exchange, type ExchangeAnswer, type ExchangeRequest } from './exchange.ts';
export { type JobHandler, jobsOf } from '../jobs/job.ts';
export { consumer } from '../delivery/consumer.ts';
export { toOutgoingEvent } from '../outbox/outgoing-event.ts';
export { MemoryState } from './memory-state.ts';
export { answerState, type SidecarStateAnswer, type StateComponent } from './state-sidecar.ts';
export { KeyStore } from '../personal-data/erasure.ts';
export type { Logger } from '../telemetry/logging.ts';
