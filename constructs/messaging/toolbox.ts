import type { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { NetworkPeer } from '../security/network-policies.ts';

/** Who looks into a broker with its own tools. */
export interface ToolboxClient {
  /** Name of the account, beside that of the pod's sidecar. */
  readonly account: string;
  /** Workload whose pods connect. */
  readonly workload: string;
}

/** A message of a topic, as a broker has it. */
export interface TopicRecord {
  /** Where it is in the topic, as people of the broker write it, e.g. `2:1041` or `1730000000000-0`. */
  readonly position: string;
  /** Its key, where the broker keeps one. */
  readonly key?: string | undefined;
  /** When the broker took it, RFC 3339; undefined where it does not say. */
  readonly time?: string | undefined;
  /** What it holds; undefined where it has no value. */
  readonly value?: Uint8Array | undefined;
}

/** A topic that a broker has. */
export interface TopicState {
  readonly topic: string;
  /** Messages that it keeps; undefined where the broker keeps none. */
  readonly messages?: number | undefined;
  /** When it took the last one, RFC 3339; undefined where nobody knows. */
  readonly last?: string | undefined;
}

/** A consumer group that a broker has. */
export interface GroupState {
  /** App id of the consumer. */
  readonly group: string;
  readonly topic: string;
  /** Messages that it has not processed; undefined where the broker cannot say. */
  readonly lag?: number | undefined;
  /** Of these, the messages that a pod has in hand; undefined where the broker cannot say. */
  readonly pending?: number | undefined;
}

/** Reads what the script says of a topic, line by line. */
export interface TopicReader {
  /** The messages of a line. */
  read(line: string): readonly TopicRecord[];
  /** Whether everything that was there when the script started has been read. */
  readonly done: boolean;
}

/**
 * The command line of a broker, in a container of the platform: what its script does, and how what it says is read.
 *
 * The script takes a command:
 *
 * - `read TOPIC FROM FOLLOW`: the messages of a topic from `beginning`, `now` or a time on, then those that come if
 *   FOLLOW is `follow`, until standard input ends;
 * - `topics` and `groups`: what the broker has;
 * - `reset GROUP TOPIC FROM`: where a group without pods goes on. Running it again changes nothing.
 *
 * It is run by `kubectl exec`, from the declaration, so a pod that is older does the same.
 */
export interface Toolbox {
  /** Image with a shell and the broker's tools. */
  readonly image: string;
  /** Numeric user that the image runs as. */
  readonly user: number;
  readonly shell: '/bin/bash' | '/bin/sh';
  /** How the tools log in, and what else they need. */
  readonly env: readonly k8s.EnvVar[];
  readonly memory: { readonly request: Size; readonly limit: Size };
  /** Where the broker is for its tools. */
  readonly peer: NetworkPeer;
  /** Further volumes and where they are mounted. @default - none */
  readonly volumes?: readonly k8s.Volume[];
  readonly mounts?: readonly k8s.VolumeMount[];
  /** The script; called when everything is declared. */
  readonly script: () => string;
  /** Reads what `read` says. */
  readonly reader: () => TopicReader;
  /** Reads what `topics` says. */
  readonly topics: (said: string) => readonly TopicState[];
  /** Reads what `groups` says. */
  readonly groups: (said: string) => readonly GroupState[];
  /** Why events cannot be read from a position, or groups reset to one, with the remedy; undefined when they can. */
  readonly positionProblem?: (from: 'beginning' | 'now' | Date) => string | undefined;
}
