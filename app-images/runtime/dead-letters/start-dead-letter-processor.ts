import {
  DEAD_LETTER_PROCESSOR,
  EVENT_KEYS_FOLDER,
  RUNTIME_ENV,
} from '@cdk8s-event-platform/contracts/interface';
import { startProcess } from '../process/start.ts';
import { DeadLetterReceiver } from './dead-letter-receiver.ts';
import { readEventKeys } from './event-keys.ts';

/**
 * Starts the image of the construct `DeadLetterProcessor` as a process, until it is told to stop. It knows no
 * contracts: the keys of events come from the files that the construct renders.
 */
export function startDeadLetterProcessor(): void {
  const keys = readEventKeys(process.env[RUNTIME_ENV.eventKeys] ?? EVENT_KEYS_FOLDER);
  void startProcess(DEAD_LETTER_PROCESSOR, ({ pool, metrics, log }) => ({
    deliveries: new DeadLetterReceiver(keys, pool, metrics, log),
    loops: [],
  }));
}
