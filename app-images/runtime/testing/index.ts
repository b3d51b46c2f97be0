export { createDatabase, type TestDatabase, type TestDatabaseOptions } from './database.ts';
export type { AnswerCall, CallUnderTest, CallUnderTestAnswer } from './test-calls.ts';
export { given, type Given, type GivenOptions, type Then } from './given.ts';
export type { JobUnderTest, TestedRun } from './jobs-under-test.ts';
export { startPostgres, type TestPostgres } from './postgres.ts';
export { type AppUnderTest, type Delivery, type EventUnderTest, TestApp } from './test-app.ts';
export type { SagaInTest, SagasUnderTest } from './sagas-under-test.ts';
export type { TestAnswer } from './test-answer.ts';
export type { TestState } from './test-state.ts';
export {
  answered,
  type AnsweredOptions,
  cancels,
  givenSaga,
  passes,
  retries,
  type SagaHappening,
  type SagaOutcome,
  undoAnswered,
} from './given-saga.ts';
