/** Options of `npm run e2e`. */
import { BROKER_NAMES, type BrokerName, BROKERS } from '../testkit/brokers/index.ts';

/** What a run consists of; any of it runs alone. */
const PARTS = [
  'events',
  'topics',
  'versions',
  'databases',
  'todo',
  'traffic',
  'orders',
  'api-server',
] as const;
export type Part = (typeof PARTS)[number];

/** Text of `--help`. */
export const HELP = `npm run e2e [-- OPTIONS]

Runs the local task platform with real brokers, daprd and PostgreSQL on loopback; topics of each retention and
consumers that start somewhere on a Kafka; two versions of an event at
the same time, with personal data and large values in a store; runs the task platform again behind PgBouncer, through switch-overs to a standby, and on databases restored from a dump; runs the Todo
system with users who act while its parts are killed, the traffic manager whose routes change while pods come and
go, and the order platform, whose orders go through both sagas while services, broker and database are killed; and has a
real API server accept every object of dist/. What is needed is built once into a cache.

  --broker NAME  ${BROKER_NAMES.join(', ')}, several of them with commas, or all
                 (default kafka)
  --tasks N      tasks posted through the producer (default 10000)
  --repeats N    how many of them are posted again (default 1000)
  --poison N     events that no consumer can process (default 20)
  --outage N     seconds for which the database is down, under load (default 60; 0: none)
  --no-crash     does not kill a consumer and a server of the broker under load
  --platforms N  platforms of any options that the API server is given, too (default 40)
  --seed N       what they follow from (default: another one each time)
  --only PART    ${PARTS.join(', ')} (default: all)
  --changes N    changes of routes in the traffic manager (default 10000)
  --grow         has the topic of routes grow while they change, and when it is drained (Kafka; some minutes more)
  --orders N     orders by each saga in the order platform (default 2000)
  --system NAME  parts about one system: tasks, todo, traffic or orders (default: all)
  --plots FOLDER draws panels of the dashboards from what Prometheus saw, as SVG
  --keep         leaves the folder with logs and data
  --help         this text`;

/** What a run is told. */
export interface Options {
  readonly brokers: readonly BrokerName[];
  readonly tasks: number;
  readonly repeats: number;
  readonly poison: number;
  readonly outage: number;
  readonly crash: boolean;
  /** Changes of routes in the traffic manager. */
  readonly changes: number;
  /** Whether its topic of routes gets more partitions. */
  readonly grow: boolean;
  /** Orders by each saga in the order platform. */
  readonly orders: number;
  /** Platforms of any options that the API server is given. */
  readonly platforms: number;
  /** What they follow from. */
  readonly seed: number;
  /** Folder for drawings of what Prometheus saw. @default - none */
  readonly plots: string | undefined;
}

/** Parts that are about one system. */
const SYSTEM_PARTS: Readonly<Record<string, readonly Part[]>> = {
  tasks: ['events', 'topics', 'versions', 'databases'],
  todo: ['todo'],
  traffic: ['traffic'],
  orders: ['orders'],
};

/** The parts to run. @throws Error that names those there are. */
export function parts(only: string | undefined, system: string | undefined): readonly Part[] {
  if (system !== undefined) {
    const own = SYSTEM_PARTS[system];
    if (own === undefined) {
      throw new Error(
        `--system '${system}' is not known: use ${Object.keys(SYSTEM_PARTS).join(', ')}`,
      );
    }
    return own.filter((part) => only === undefined || only === part);
  }
  const chosen = PARTS.filter((part) => only === undefined || only === part);
  if (chosen.length === 0) {
    throw new Error(`--only '${only ?? ''}' is not known: use ${PARTS.join(', ')}`);
  }
  return chosen;
}

export function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) {
    throw new Error(`--${name} '${text}' is not a count: use a whole number of 0 or more`);
  }
  return value;
}

/** The brokers that were asked for. @throws Error that names those there are. */
export function brokerNames(text: string): BrokerName[] {
  const names = text === 'all' ? BROKER_NAMES : text.split(',');
  for (const name of names) {
    if (!Object.hasOwn(BROKERS, name)) {
      throw new Error(`--broker '${name}' is not known: use ${BROKER_NAMES.join(', ')} or all`);
    }
  }
  return names as BrokerName[];
}
