/** What events that could not be delivered are collected by, and what operators list and replay them with. */
export { runDeadLetters } from './run-dead-letters.ts';
export { startDeadLetterProcessor } from './start-dead-letter-processor.ts';
