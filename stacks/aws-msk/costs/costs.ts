import type { AwsSize, NodesSize } from '../sizes.ts';
import type { Declared } from './declared.ts';
import {
  CACHE_MEMORY_GIB,
  INSTANCE_PRICES,
  type Price,
  PRICES,
  type PriceSource,
  type Region,
} from './prices.ts';

/** Hours of a month, as AWS reckons. */
export const HOURS = 730;
const GIB = 2 ** 30;
const DAYS = HOURS / 24;

/** What the prices need to know besides a size and what is declared: guesses, to be replaced by what a bill says. */
export const ASSUMPTIONS = {
  /** Days that events are kept. */
  retentionDays: 7,
  /** Copies of each event. */
  copies: 3,
  /** How full volumes of brokers get before they grow. */
  brokerFill: 0.7,
  /** Keys of our own. */
  keys: 6,
  /** Part of the price on demand that a spot node costs. AWS says at least a tenth. */
  spotShare: 0.4,
  /** Part of what is sent between pods and servers that goes to another of the three zones. */
  otherZone: 2 / 3,
  /** Part of the database that changes in a day. */
  dailyChange: 0.05,
  /** GiB that a node loads past S3 in a month: images of others, and answers of AWS. */
  natPerNode: 10,
  /** GiB of logs in a month of the control plane, of each broker, of each database, and of flows by node. */
  logs: { controlPlane: 15, broker: 1, database: 1, flowsPerNode: 2 },
  /** Part of their volume that stored logs are compressed to. */
  logCompression: 0.15,
  /** Metrics that cost: of each broker, and of each topic on it. */
  metrics: { perBroker: 45, perTopic: 9 },
  /** GiB of an image, of which the last 20 are kept. */
  image: 2,
} as const;

/** How much happens. */
export interface Load {
  /** Events that are published, all the month long. */
  readonly eventsPerSecond: number;
  /** Size of an event with its envelope. */
  readonly bytesPerEvent: number;
}

/** One line of the bill. */
export interface CostLine {
  readonly what: string;
  readonly quantity: number;
  readonly unit: Price['unit'];
  /** In US dollars. */
  readonly unitPrice: number;
  /** In US dollars. */
  readonly perMonth: number;
  /** Whether the price is from memory, or of a spot node. */
  readonly estimate: boolean;
  /** Where the price was read, or is to be checked. */
  readonly source: PriceSource;
}

/** What one size costs in a month. */
export interface Costs {
  readonly lines: readonly CostLine[];
  /** In US dollars. */
  readonly total: number;
  /** Why the size is too small for the load. */
  readonly warnings: readonly string[];
}

/** What is known of a type. @throws Error when it is not. */
function known<T>(what: string, types: Readonly<Record<string, T>>, type: string): T {
  const found = types[type];
  if (found === undefined) {
    throw new Error(`no ${what} is known of '${type}': add it to costs/prices.ts`);
  }
  return found;
}

const instancePrice = (type: string): Price => known('price', INSTANCE_PRICES, type);

/** Nodes of a group that run at the start: one at least. */
const running = ({ least }: NodesSize): number => Math.max(least, 1);

/** GiB on the volume of each broker: at the start, or what the load makes it grow to. */
function brokerVolume({ kafka }: AwsSize, gibPerMonth: number): { gib: number; needed: number } {
  const { retentionDays, copies, brokerFill } = ASSUMPTIONS;
  const events = (gibPerMonth / DAYS) * retentionDays;
  const needed = Math.ceil((events * copies) / kafka.brokers / brokerFill);
  const gib = Math.min(
    Math.max(needed, kafka.storage.toGibibytes()),
    kafka.maxStorage.toGibibytes(),
  );
  return { gib, needed };
}

/** Metrics of brokers that cost: those of the level DEFAULT do not. */
function paidMetrics({ brokers, monitoring }: AwsSize['kafka'], topics: number): number {
  const { metrics } = ASSUMPTIONS;
  const perBroker = {
    DEFAULT: 0,
    PER_BROKER: metrics.perBroker,
    PER_TOPIC_PER_BROKER: metrics.perBroker + topics * metrics.perTopic,
  };
  return brokers * perBroker[monitoring];
}

/** Lines of a bill in one region. */
class Bill {
  public readonly lines: CostLine[] = [];

  public constructor(private readonly region: Region) {}

  /** @param ratio of the price that is paid. @default 1 */
  public add(what: string, price: Price, quantity: number, ratio = 1): void {
    const { usd, estimate, source } = price.usd[this.region];
    this.lines.push({
      what,
      quantity,
      unit: price.unit,
      unitPrice: usd * ratio,
      perMonth: quantity * usd * ratio,
      estimate: estimate || ratio !== 1,
      source,
    });
  }
}

function addKafka(bill: Bill, { kafka }: AwsSize, volumeGib: number, topics: number): void {
  const { instanceType, brokers } = kafka;
  bill.add(`brokers, ${instanceType}`, instancePrice(instanceType), brokers * HOURS);
  bill.add('volumes of brokers', PRICES.brokerStorage, brokers * volumeGib);
  bill.add('metrics of brokers', PRICES.metric, paidMetrics(kafka, topics));
}

function addKubernetes(bill: Bill, { nodes: { onDemand, spot } }: AwsSize): void {
  bill.add('EKS control plane', PRICES.controlPlane, HOURS);
  const [preferred] = onDemand.instanceTypes as [string];
  bill.add(`nodes on demand, ${preferred}`, instancePrice(preferred), running(onDemand) * HOURS);
  // Which of them AWS gives is not known: each has an equal part.
  for (const type of spot.instanceTypes) {
    const hours = (running(spot) * HOURS) / spot.instanceTypes.length;
    bill.add(`spot nodes, ${type}`, instancePrice(type), hours, ASSUMPTIONS.spotShare);
  }
  bill.add(
    'disks of nodes',
    PRICES.nodeStorage,
    running(onDemand) * onDemand.disk.toGibibytes() + running(spot) * spot.disk.toGibibytes(),
  );
}

function addDatabases(bill: Bill, { database }: AwsSize, databases: number): void {
  const { instanceClass } = database;
  const servers = databases * (database.multiAz ? 2 : 1);
  const gib = database.storage.toGibibytes();
  bill.add(`PostgreSQL, ${instanceClass}`, instancePrice(instanceClass), servers * HOURS);
  bill.add('storage of PostgreSQL', PRICES.databaseStorage, servers * gib);
  // As much as the database is large costs nothing: what remains are the changes.
  const changed = databases * gib * ASSUMPTIONS.dailyChange * database.backups.toDays();
  bill.add('backups of PostgreSQL', PRICES.databaseBackups, changed);
}

function addCaches(bill: Bill, { cache }: AwsSize, caches: number): void {
  if (caches === 0) {
    return;
  }
  const { nodeType } = cache;
  bill.add(`Valkey, ${nodeType}`, instancePrice(nodeType), caches * (1 + cache.replicas) * HOURS);
  bill.add(
    'snapshots of Valkey',
    PRICES.cacheSnapshots,
    caches * known('memory', CACHE_MEMORY_GIB, nodeType) * cache.snapshots.toDays(),
  );
}

/** @param ways of an event between pods and servers. */
function addNetwork(
  bill: Bill,
  { natGateways }: AwsSize,
  nodes: number,
  eventGib: number,
  ways: number,
): void {
  bill.add('NAT gateways', PRICES.natGateway, natGateways * HOURS);
  bill.add('addresses of NAT gateways', PRICES.publicAddress, natGateways * HOURS);
  bill.add('data through NAT gateways', PRICES.natData, nodes * ASSUMPTIONS.natPerNode);
  bill.add('traffic between zones', PRICES.zoneTraffic, eventGib * ways * ASSUMPTIONS.otherZone);
}

function addLogs(
  bill: Bill,
  { kafka, logRetention }: AwsSize,
  nodes: number,
  databases: number,
): void {
  const { logs } = ASSUMPTIONS;
  const gib =
    logs.controlPlane +
    logs.broker * kafka.brokers +
    logs.database * databases +
    logs.flowsPerNode * nodes;
  bill.add('logs', PRICES.logs, gib);
  bill.add(
    'logs that are kept',
    PRICES.logStorage,
    (gib * ASSUMPTIONS.logCompression * logRetention.toDays()) / DAYS,
  );
}

/**
 * Ways of an event: to the brokers, to each consumer, and to the database into the outbox and the inbox of each
 * consumer. MSK asks nothing for its replicas.
 */
function waysOf({ consumers, databases }: Declared): number {
  return (1 + consumers) * (databases === 0 ? 1 : 2);
}

/**
 * What a size costs in a month under a load. Nodes are as many as run at the start: those that
 * the autoscaler adds while consumers wait for one come on top.
 *
 * @throws Error for an instance type without a price.
 */
export function costsOf(size: AwsSize, region: Region, load: Load, declared: Declared): Costs {
  const gib = (load.eventsPerSecond * load.bytesPerEvent * 3600 * HOURS) / GIB;
  const volume = brokerVolume(size, gib);
  const nodes = running(size.nodes.onDemand) + running(size.nodes.spot);
  const bill = new Bill(region);
  addKafka(bill, size, volume.gib, declared.topics);
  addKubernetes(bill, size);
  addDatabases(bill, size, declared.databases);
  addCaches(bill, size, declared.caches);
  addNetwork(bill, size, nodes, gib, waysOf(declared));
  bill.add('keys', PRICES.key, ASSUMPTIONS.keys);
  bill.add('secrets', PRICES.secret, declared.secrets);
  addLogs(bill, size, nodes, declared.databases);
  bill.add('images', PRICES.images, declared.images * ASSUMPTIONS.image);
  return {
    lines: bill.lines,
    total: bill.lines.reduce((sum, { perMonth }) => sum + perMonth, 0),
    warnings:
      volume.needed > volume.gib
        ? [
            `${size.name} is too small for ${load.eventsPerSecond} events/s of ${load.bytesPerEvent} bytes: ${ASSUMPTIONS.retentionDays} days of them need ${volume.needed} GiB on each broker, whose volumes grow to ${volume.gib}; use a larger size, or keep events for a shorter time`,
          ]
        : [],
  };
}
