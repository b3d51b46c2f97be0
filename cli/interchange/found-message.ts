import type { Located } from './documents.ts';

/** A message that a file describes, before it is a contract. */
export interface FoundMessage {
  /** Name on the command line. */
  readonly name: string;
  readonly place: Located;
  /** Schema of what is on the topic. */
  readonly payload: Located;
  readonly topic?: string | undefined;
  /** Schema of the key on the broker. */
  readonly brokerKey?: Located | undefined;
  /** What an export of a contract says beside the message. */
  readonly contract?: Located | undefined;
  readonly description?: string | undefined;
}
