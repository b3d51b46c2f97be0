import {
  flag,
  listOf,
  must,
  optional,
  type Shape,
  shapeProblems,
  shaped,
  shown,
  text,
} from './checks.ts';
import { withPriorities } from './command.ts';
import { contractDifferences } from './contract-differences.ts';
import type { EventContract } from './event-contract.ts';
import { contractName, type EventVersionName, majorOf } from './interface/event-version.ts';
import { METRICS_PORT } from './interface/runtime.ts';
import { commandsOfSagas, type SagaContract } from './saga.ts';
import { sagaListProblems } from './saga-problems.ts';
import type { ProjectionContract } from './projection.ts';
import type { StateStoreContract } from './state-store.ts';
import type { StreamsContract } from './streams.ts';
import { type JobDeclaration, jobProblems } from './job.ts';
import type { Migration } from './migration.ts';
import { isObject } from './subschemas.ts';

export type { Migration };

/**
 * What an image says of itself. Plain data, kept beside the image's code: the platform derives the
 * Deployment, subscriptions, scopes, network paths and alerts from it, and the image derives its
 * routes from it, so the two cannot disagree.
 */
export interface AppManifest {
  /** Dapr app id, consumer group, and name of the Deployment, e.g. `task-processor`. */
  readonly appId: string;
  /** One sentence on what the image does. */
  readonly description: string;
  /** TCP port that the image listens on. */
  readonly port: number;
  /** Events and commands that the image publishes; of one type, each major version at most once. @default - none */
  readonly publishes?: readonly EventContract[];
  /** Events and commands that the image handles; of one type, each major version at most once. @default - none */
  readonly subscribes?: readonly EventContract[];
  /** Commands that the image sends and waits for the answers of, with `requests.send`. @default - none */
  readonly requests?: readonly EventContract[];
  /**
   * Whether the image takes requests from other pods, on its port.
   *
   * @default - where it subscribes to nothing
   */
  readonly serves?: boolean;
  /** CloudEvents `source` of the events that the image publishes, e.g. `/orders`. @default - `/<appId>` */
  readonly source?: string;
  /** Whether the image sends notifications: its app then has to be told where to. @default false */
  readonly notifies?: boolean;
  /**
   * Whether the image erases what it keeps of a person who is erased.
   *
   * @default - where its events hold personal data
   */
  readonly erases?: boolean;
  /** State stores that the image reads and writes, such as a cache. @default - none */
  readonly state?: readonly StateStoreContract[];
  /** Tables that the image's handlers need, beside the inbox of the platform. @default - none */
  readonly migrations?: readonly Migration[];
  /** What the image does at times. Each due time is processed once. @default - none */
  readonly jobs?: readonly JobDeclaration[];
  /** Streams of events that the image keeps in an event store. @default - none */
  readonly streams?: readonly StreamsContract[];
  /** Sagas that the image runs; of one name, each major version at most once. @default - none */
  readonly sagas?: readonly SagaContract[];
  /** Tables that the image derives from its streams of events, to read them. @default - none */
  readonly projections?: readonly ProjectionContract[];
}

/** Ports that the Dapr sidecar listens on in the pod. */
const SIDECAR_PORTS: ReadonlySet<number> = new Set([3500, 3501, 9090, 50001, 50002]);
/** A Service named `<app id>-dapr` is made for each app, and DNS labels end at 63 characters. */
const MAX_APP_ID_LENGTH = 63 - '-dapr'.length;

const contracts = optional(
  listOf(
    must(
      (value) =>
        isObject(value) &&
        typeof value.type === 'string' &&
        typeof value.version === 'string' &&
        isObject(value.schema),
      'must be an event contract: use defineEvent',
    ),
  ),
);

const SHAPE: Shape<AppManifest> = {
  appId: text,
  description: text,
  port: must((value) => typeof value === 'number', 'must be a number, e.g. 8080'),
  source: optional(
    must(
      (value) => typeof value === 'string' && /^[!-~]{1,512}$/.test(value),
      'must be 1 to 512 printable ASCII characters without spaces, e.g. /orders',
    ),
  ),
  publishes: contracts,
  subscribes: contracts,
  requests: contracts,
  serves: optional(flag),
  notifies: optional(flag),
  erases: optional(flag),
  state: optional(
    listOf(
      must(
        (value) =>
          isObject(value) &&
          typeof value.name === 'string' &&
          typeof value.description === 'string',
        'must be a state store: use defineStateStore',
      ),
    ),
  ),
  migrations: optional(listOf(shaped<Migration>({ name: text, sql: text }))),
  jobs: optional(jobProblems),
  streams: optional(
    listOf(
      must(
        (value) => isObject(value) && typeof value.name === 'string' && Array.isArray(value.events),
        'must be streams of events: use defineStreams',
      ),
    ),
  ),
  sagas: optional(sagaListProblems),
  projections: optional(
    listOf(
      must(
        (value) =>
          isObject(value) && typeof value.version === 'number' && isObject(value.migration),
        'must be a projection: use defineProjection',
      ),
    ),
  ),
};

/** Every reason why a manifest is not usable; empty when it is. */
export function manifestProblems(manifest: AppManifest): string[] {
  const problems = [...shapeProblems(manifest, SHAPE)];
  // What has another type cannot be looked into.
  return problems.length > 0
    ? problems
    : [
        ...appIdProblems(manifest.appId),
        ...portProblems(manifest.port),
        ...contractProblems(manifest),
        ...commandProblems(manifest),
        ...stateProblems(manifest),
        ...streamsProblems(manifest),
        ...sagaCommandProblems(manifest),
        ...projectionProblems(manifest),
      ];
}

function appIdProblems(appId: string): string[] {
  const problems: string[] = [];
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(appId)) {
    problems.push(
      `appId '${appId}' is not a DNS label: use a-z, 0-9 and '-', starting with a letter`,
    );
  }
  if (appId.length > MAX_APP_ID_LENGTH) {
    problems.push(
      `appId '${appId}' has ${appId.length} characters: Dapr's Service '<appId>-dapr' allows at most ${MAX_APP_ID_LENGTH}`,
    );
  }
  return problems;
}

function portProblems(port: number): string[] {
  const problems: string[] = [];
  if (!Number.isInteger(port) || port < 1024 || port > 65_535) {
    problems.push(
      `port ${port} is not usable by a process without privileges: use 1024 to 65535, e.g. 8080`,
    );
  }
  if (SIDECAR_PORTS.has(port)) {
    problems.push(
      `port ${port} belongs to the Dapr sidecar in the same pod: use another, e.g. 8080`,
    );
  }
  if (port === METRICS_PORT) {
    problems.push(`port ${port} is the one that images serve metrics on: use another, e.g. 8080`);
  }
  return problems;
}

function contractProblems({ subscribes = [], publishes = [] }: AppManifest): string[] {
  const twice = (what: string, list: readonly EventContract[]): string[] =>
    list
      .filter((contract, index) => list.findIndex(isVersionOf(contract)) < index)
      .map(
        ({ type, version }) =>
          `${what} lists '${type}' twice in version ${majorOf(version)}: keep one, or give one another major version`,
      );
  return [
    ...twice('subscribes', subscribes),
    ...twice('publishes', publishes),
    ...subscribes.flatMap((contract) => {
      const other = publishes.find(isVersionOf(contract));
      const differences = other === undefined ? [] : contractDifferences(contract, other);
      return differences.length === 0
        ? []
        : [
            `subscribes and publishes have two contracts of '${contract.type}', which differ in ${differences.join(', ')}: use one`,
          ];
    }),
  ];
}

/** Contracts as they are listed, with those that follow from them and are not. */
function following(
  listed: readonly EventContract[],
  more: readonly EventContract[],
): readonly EventContract[] {
  const own = new Set(listed);
  const added = new Set([...listed, ...more].flatMap(withPriorities));
  return [...listed, ...[...added].filter((contract) => !own.has(contract))];
}

/**
 * What follows from commands: an app that waits for answers, as sagas do, publishes the commands and receives the answers,
 * and one that handles commands publishes the answers; those of a priority have topics of their own.
 */
function withCommands<Manifest extends AppManifest>(manifest: Manifest): Manifest {
  const { publishes = [], subscribes = [], requests = [], sagas = [] } = manifest;
  const repliesOf = (commands: readonly EventContract[]) =>
    commands.flatMap(({ reply }) => reply ?? []);
  const asked = commandsOfSagas(sagas);
  const published = following(publishes, [...requests, ...asked, ...repliesOf(subscribes)]);
  const received = following(subscribes, repliesOf([...requests, ...asked]));
  return {
    ...manifest,
    ...(published.length > 0 && { publishes: published }),
    ...(received.length > 0 && { subscribes: received }),
  };
}

function commandProblems({
  subscribes = [],
  publishes = [],
  requests = [],
}: AppManifest): string[] {
  const names = new Set(publishes.map(contractName));
  return [
    ...requests
      .filter(({ reply }) => reply === undefined)
      .map(
        ({ type }) =>
          `requests lists '${type}', which has no answer: give the command a reply, or list it under publishes`,
      ),
    ...subscribes.flatMap(({ type, reply }) =>
      reply === undefined || names.has(contractName(reply))
        ? []
        : [
            `subscribes lists the command '${type}', and publishes lacks its answer '${reply.type}': use defineApp, which adds it`,
          ],
    ),
  ];
}

/** What waits for an answer is one of both: a saga, or a call of `requests.send`. */
function sagaCommandProblems({ requests = [], sagas = [] }: AppManifest): string[] {
  const asked = new Set(commandsOfSagas(sagas).flatMap(({ reply }) => reply ?? []));
  return requests
    .filter(({ reply }) => reply !== undefined && asked.has(reply))
    .map(
      ({ type }) =>
        `requests lists '${type}', which a saga of the app sends, too: answers would not know whom they are for; send it from another app`,
    );
}

function stateProblems({ state = [] }: AppManifest): string[] {
  const names = state.map(({ name }) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) < index))].map(
    (name) => `state lists '${name}' twice: keep one, or give one another name`,
  );
}

/** A manifest with the migrations of its projections. */
function withProjections<Manifest extends AppManifest>(manifest: Manifest): Manifest {
  const { projections = [], migrations = [] } = manifest;
  const names = new Set(migrations.map(({ name }) => name));
  const added = projections.map(({ migration }) => migration);
  return projections.length === 0
    ? manifest
    : { ...manifest, migrations: [...migrations, ...added.filter(({ name }) => !names.has(name))] };
}

function projectionProblems({ projections = [], streams = [] }: AppManifest): string[] {
  const names = projections.map(({ name }) => name);
  return [
    ...[...new Set(names.filter((name, index) => names.indexOf(name) < index))].map(
      (name) =>
        `projections lists '${name}' twice: keep the newest version, pods of the old image go on with theirs`,
    ),
    ...(projections.length > 0 && streams.length === 0
      ? [
          'projections are built from streams of events, and the manifest lists none: add streams, and `record` what is received',
        ]
      : []),
  ];
}

function streamsProblems({ streams = [], publishes = [] }: AppManifest): string[] {
  const names = streams.map(({ name }) => name);
  return [
    ...[...new Set(names.filter((name, index) => names.indexOf(name) < index))].map(
      (name) => `streams lists '${name}' twice: keep one, or give one another name`,
    ),
    ...streams.flatMap(({ name, events }) =>
      events.flatMap((event) => {
        const other = publishes.find(isVersionOf(event));
        const isSame = other === undefined || JSON.stringify(other) === JSON.stringify(event);
        return isSame
          ? []
          : [
              `streams '${name}' and publishes have two contracts of '${event.type}', which differ: use one`,
            ];
      }),
    ),
  ];
}

/** Whether another contract is of the same type and major version. */
function isVersionOf(contract: EventVersionName): (other: EventVersionName) => boolean {
  return (other) => contractName(other) === contractName(contract);
}

/**
 * Declares an app. The result is frozen; what follows from its commands has been added to `publishes` and `subscribes`.
 *
 * @throws Error that lists every problem of the manifest.
 */
export function defineApp<const Manifest extends AppManifest>(
  manifest: Manifest,
): Manifest & AppManifest {
  // What has another type cannot be looked into.
  const whole =
    shapeProblems(manifest, SHAPE).length > 0 ? manifest : withProjections(withCommands(manifest));
  const problems = manifestProblems(whole);
  if (problems.length > 0) {
    throw new Error(
      `app manifest ${shown((manifest as Partial<AppManifest> | undefined)?.appId)} is not valid [EP2002]:\n- ${problems.join('\n- ')}`,
    );
  }
  return Object.freeze({ ...whole }) as Manifest & AppManifest;
}
