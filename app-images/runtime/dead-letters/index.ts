/** What events that could not be delivered are collected by, and what operators list and replay them with. */
export { runDeadLetters } from './run-dead-letters.ts';
export { runErase, runRotateKeys } from '../personal-data/commands.ts';
export { runSagas } from '../sagas/commands.ts';
export {
  type OperatedCommand,
  type OperatedSaga,
  OperatedSagas,
  type SagaAddress,
  type SagaSelection,
} from '../sagas/operated-sagas.ts';
export { startDeadLetterProcessor } from './start-dead-letter-processor.ts';
export { type Group, type Progress, QuarantineStore } from '../quarantine/quarantine-store.ts';
export type { Selection } from '../quarantine/selection.ts';
