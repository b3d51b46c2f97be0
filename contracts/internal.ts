import './node-version.ts';

/** What the platform's own packages share, and nobody else is to rely on. */
export { manifestProblems } from './app-manifest.ts';
export * from './checks.ts';
export { MAX_REQUEST_ID_LENGTH, withPriorities } from './command.ts';
export * from './error-codes.ts';
export * from './contract-differences.ts';
export * from './created-platforms.ts';
export { allowsDelivery, DEFAULT_DELIVERY, DELIVERIES } from './delivery.ts';
export * from './due-times.ts';
export { contractProblems } from './event-contract.ts';
export { keyIn, keyName, keyNames, keyParts, type KeyProperties } from './composite-key.ts';
export * from './event-key.ts';
export { describesIntegers, listed, typesOf } from './exact-integers.ts';
export { overrideProblems } from './job.ts';
export * from './marks.ts';
export * from './portable-schema.ts';
export * from './printable.ts';
export { commandsOfSagas, sagaDataSchema } from './saga.ts';
export { listOfOutcomes, OUTCOME } from './saga-outcomes.ts';
export * from './schema-compiler.ts';
export * from './schema-formats.ts';
export { stateStoreProblems } from './state-store.ts';
export * from './subschemas.ts';
export { secondsOf, timeSpan } from './time-span.ts';
export * from './timestamp.ts';
export {
  contractsOfStreams,
  holdsPersonalData,
  labelForm,
  streamsProblems,
  versionedContracts,
} from './streams.ts';
export { storedEventProblems } from './stored-event.ts';
