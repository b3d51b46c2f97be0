import type { Headers } from '../../dev/index.ts';

/** Names of the subjects, as the command line has them. */
export const SUBJECT_NAMES = ['in-process', 'daprd'] as const;

/** Name of a subject. */
export type SubjectName = (typeof SUBJECT_NAMES)[number];

/** A message on the broker. */
export interface Message {
  readonly key: string | undefined;
  /** Null is a tombstone. */
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** The sidecar of one app. */
export interface RunningSidecar {
  /** Port of its HTTP API. */
  readonly port: number;
  /** Ends as at SIGTERM. */
  stop(): Promise<void>;
  /** Ends as at SIGKILL. */
  kill(): Promise<void>;
}

/** What the tests are about: a broker, and sidecars that follow the rendered objects of a platform. */
export interface Subject {
  readonly name: SubjectName;
  /** Starts the sidecar of an app at a port of this machine. */
  sidecar(appId: string, appPort: number): Promise<RunningSidecar>;
  /** Puts a message on a topic, past every sidecar. */
  produce(topic: string, message: Message): Promise<void>;
  /** Everything on a topic so far, in the order of each partition. */
  messages(topic: string): Promise<readonly Message[]>;
  stop(): Promise<void>;
}
