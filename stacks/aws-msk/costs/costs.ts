import type { AwsSize, NodesSize } from '../sizes.ts';
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

/**
 * What the prices need to know besides a size. Tests compare with the platform what it declares; the
 * rest are guesses, to be replaced by what a bill says.
 */
export const ASSUMPTIONS = {
  /** Topics of the task platform, dead letters included. */
  topics: 4,
  /** Consumers that each event goes to. */
  consumers: 3,
  /** Days that events are kept. */
  retentionDays: 7,
  /** Copies of each event. */
  copies: 3,
  /** How full volumes of brokers get before they grow. */
  brokerFill: 0.7,
  /** Keys of our own. */
  keys: 6,
  /** Secrets in Secrets Manager. */
  secrets: 14,
  /** Part of the price on demand that a spot node costs. AWS says at least a tenth. */
  spotShare: 0.4,
  /** Part of what is sent between pods and servers that goes to another of the three zones. */
  otherZone: 2 / 3,
  /** Times that an event goes to the database: into the outbox, and the inbox of each consumer. */
  databaseWrites: 4,
  /** Part of the database that changes in a day. */
  dailyChange: 0.05,
  /** GiB that a node loads past S3 in a month: images of others, and answers of AWS. */
  natPerNode: 10,
  /** GiB of logs in a month of the control plane, of each broker, of the database, and of flows by node. */
  logs: { controlPlane: 15, broker: 1, database: 1, flowsPerNode: 2 },
  /** Part of their volume that stored logs are compressed to. */
  logCompression: 0.15,
  /** Metrics that cost: of each broker, and of each topic on it. */
  metrics: { perBroker: 45, perTopic: 9 },
  /** GiB of images: five, of which the last 20 are kept. */
  images: 10,
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
function paidMetrics({ brokers, monitoring }: AwsSize['kafka']): number {
  const { metrics, topics } = ASSUMPTIONS;
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

function addKafka(bill: Bill, { kafka }: AwsSize, volumeGib: number): void {
  const { instanceType, brokers } = kafka;
  bill.add(`brokers, ${instanceType}`, instancePrice(instanceType), brokers * HOURS);
  bill.add('volumes of brokers', PRICES.brokerStorage, brokers * volumeGib);
  bill.add('metrics of brokers', PRICES.metric, paidMetrics(kafka));
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

function addDatabase(bill: Bill, { database }: AwsSize): void {
  const { instanceClass } = database;
  const servers = database.multiAz ? 2 : 1;
  const gib = database.storage.toGibibytes();
  bill.add(`PostgreSQL, ${instanceClass}`, instancePrice(instanceClass), servers * HOURS);
  bill.add('storage of PostgreSQL', PRICES.databaseStorage, servers * gib);
  // As much as the database is large costs nothing: what remains are the changes.
  const changed = gib * ASSUMPTIONS.dailyChange * database.backups.toDays();
  bill.add('backups of PostgreSQL', PRICES.databaseBackups, changed);
}

function addCache(bill: Bill, { cache }: AwsSize): void {
  const { nodeType } = cache;
  bill.add(`Valkey, ${nodeType}`, instancePrice(nodeType), (1 + cache.replicas) * HOURS);
  bill.add(
    'snapshots of Valkey',
    PRICES.cacheSnapshots,
    known('memory', CACHE_MEMORY_GIB, nodeType) * cache.snapshots.toDays(),
  );
}

function addNetwork(bill: Bill, { natGateways }: AwsSize, nodes: number, eventGib: number): void {
  bill.add('NAT gateways', PRICES.natGateway, natGateways * HOURS);
  bill.add('addresses of NAT gateways', PRICES.publicAddress, natGateways * HOURS);
  bill.add('data through NAT gateways', PRICES.natData, nodes * ASSUMPTIONS.natPerNode);
  // MSK asks nothing for its replicas: these are the ways to the brokers, back, and to the database.
  const ways = 1 + ASSUMPTIONS.consumers + ASSUMPTIONS.databaseWrites;
  bill.add('traffic between zones', PRICES.zoneTraffic, eventGib * ways * ASSUMPTIONS.otherZone);
}

function addLogs(bill: Bill, { kafka, logRetention }: AwsSize, nodes: number): void {
  const { logs } = ASSUMPTIONS;
  const gib =
    logs.controlPlane + logs.broker * kafka.brokers + logs.database + logs.flowsPerNode * nodes;
  bill.add('logs', PRICES.logs, gib);
  bill.add(
    'logs that are kept',
    PRICES.logStorage,
    (gib * ASSUMPTIONS.logCompression * logRetention.toDays()) / DAYS,
  );
}

/**
 * What a size costs in a month under a load. Nodes are as many as run at the start: those that
 * the autoscaler adds while consumers wait for one come on top.
 *
 * @throws Error for an instance type without a price.
 */
export function costsOf(size: AwsSize, region: Region, load: Load): Costs {
  const gib = (load.eventsPerSecond * load.bytesPerEvent * 3600 * HOURS) / GIB;
  const volume = brokerVolume(size, gib);
  const nodes = running(size.nodes.onDemand) + running(size.nodes.spot);
  const bill = new Bill(region);
  addKafka(bill, size, volume.gib);
  addKubernetes(bill, size);
  addDatabase(bill, size);
  addCache(bill, size);
  addNetwork(bill, size, nodes, gib);
  bill.add('keys', PRICES.key, ASSUMPTIONS.keys);
  bill.add('secrets', PRICES.secret, ASSUMPTIONS.secrets);
  addLogs(bill, size, nodes);
  bill.add('images', PRICES.images, ASSUMPTIONS.images);
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
