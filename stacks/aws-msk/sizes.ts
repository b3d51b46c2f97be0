import { Duration, Size } from 'cdk8s';

/** Environments that have a size. */
export type SizeName = 'dev' | 'staging' | 'production';

/** Nodes of one kind. */
export interface NodesSize {
  /** EC2 instance types, the preferred first. */
  readonly instanceTypes: readonly string[];
  /** Least nodes. A group starts with one at least. */
  readonly least: number;
  /** Most nodes. */
  readonly most: number;
  /** Disk of a node: images and logs, no data. */
  readonly disk: Size;
}

/** How large everything in one environment is, and how well it is guarded. */
export interface AwsSize {
  readonly name: SizeName;
  /** NAT gateways: one in all, or one in each of the three zones. */
  readonly natGateways: 1 | 3;
  /** How long logs are kept. CloudWatch knows certain numbers of days only. */
  readonly logRetention: Duration;
  /** Whether what holds data refuses to be deleted, by Pulumi and by the service. */
  readonly protectData: boolean;
  /** How long a deleted secret or key can be brought back. */
  readonly recovery: Duration;
  readonly kafka: {
    readonly instanceType: string;
    /** Brokers, a multiple of the three zones. */
    readonly brokers: number;
    /**
     * Most partitions of one broker, copies included: with more, MSK refuses to upgrade or change it.
     *
     * @see https://docs.aws.amazon.com/msk/latest/developerguide/bestpractices.html#partitions-per-broker
     */
    readonly maxPartitions: number;
    /** Volume of each broker at the start. */
    readonly storage: Size;
    /** What each volume may grow to; it never shrinks. */
    readonly maxStorage: Size;
    /** What CloudWatch gets to know of brokers. */
    readonly monitoring: 'DEFAULT' | 'PER_BROKER' | 'PER_TOPIC_PER_BROKER';
  };
  readonly nodes: {
    /** Nodes that AWS does not take away, for what is stateful or watches over the rest. */
    readonly onDemand: NodesSize;
    /** Spare capacity, taken away with two minutes' notice: for consumers. */
    readonly spot: NodesSize;
  };
  readonly database: {
    readonly instanceClass: string;
    readonly storage: Size;
    readonly maxStorage: Size;
    /** Whether a second server in another zone takes over. */
    readonly multiAz: boolean;
    /** How far back the database can be restored to any second. */
    readonly backups: Duration;
  };
  readonly cache: {
    readonly nodeType: string;
    /** Copies besides the primary; the first of them takes over when that fails. */
    readonly replicas: number;
    /** How long daily snapshots are kept. */
    readonly snapshots: Duration;
  };
}

/**
 * Instance types of one size that AWS can take spare capacity from. The more there are, the less
 * often all of them run out at once. All have 2 vCPUs and 8 GiB.
 */
const SPOT_TYPES = ['m7i.large', 'm6i.large', 'm6a.large', 'm5.large', 'm5a.large'];

/**
 * Sizes by environment. The sources give few numbers: "3-node cluster" for Kafka, seven days of
 * retention, consumers on spot capacity, and 100 GB for each broker in production.
 *
 * - `kafka.t3.small` lives on CPU credits: for trying things out. `kafka.m7g.large` has 8 GiB, of
 *   which half is the heap, as in the platform's own production brokers.
 * - `db.t4g.medium` is the smallest class with the memory that Performance Insights takes.
 * - Spot nodes go down to none but in production, where consumers never stop wholly.
 */
export const AWS_SIZES: Readonly<Record<SizeName, AwsSize>> = {
  dev: {
    name: 'dev',
    natGateways: 1,
    logRetention: Duration.days(7),
    protectData: false,
    recovery: Duration.days(7),
    kafka: {
      instanceType: 'kafka.t3.small',
      brokers: 3,
      maxPartitions: 300,
      storage: Size.gibibytes(20),
      maxStorage: Size.gibibytes(50),
      monitoring: 'DEFAULT',
    },
    nodes: {
      onDemand: { instanceTypes: ['t3.large'], least: 2, most: 3, disk: Size.gibibytes(40) },
      spot: { instanceTypes: SPOT_TYPES, least: 0, most: 3, disk: Size.gibibytes(40) },
    },
    database: {
      instanceClass: 'db.t4g.medium',
      storage: Size.gibibytes(20),
      maxStorage: Size.gibibytes(50),
      multiAz: false,
      backups: Duration.days(1),
    },
    cache: { nodeType: 'cache.t4g.micro', replicas: 0, snapshots: Duration.days(1) },
  },
  staging: {
    name: 'staging',
    natGateways: 1,
    logRetention: Duration.days(30),
    protectData: false,
    recovery: Duration.days(7),
    kafka: {
      instanceType: 'kafka.m7g.large',
      brokers: 3,
      maxPartitions: 1500,
      storage: Size.gibibytes(50),
      maxStorage: Size.gibibytes(200),
      monitoring: 'PER_BROKER',
    },
    nodes: {
      onDemand: { instanceTypes: ['m7i.large'], least: 2, most: 4, disk: Size.gibibytes(50) },
      spot: { instanceTypes: SPOT_TYPES, least: 0, most: 6, disk: Size.gibibytes(50) },
    },
    database: {
      instanceClass: 'db.t4g.large',
      storage: Size.gibibytes(50),
      maxStorage: Size.gibibytes(200),
      multiAz: true,
      backups: Duration.days(7),
    },
    cache: { nodeType: 'cache.t4g.small', replicas: 1, snapshots: Duration.days(3) },
  },
  production: {
    name: 'production',
    natGateways: 3,
    logRetention: Duration.days(90),
    protectData: true,
    recovery: Duration.days(30),
    kafka: {
      instanceType: 'kafka.m7g.large',
      brokers: 3,
      maxPartitions: 1500,
      storage: Size.gibibytes(100),
      maxStorage: Size.gibibytes(1000),
      monitoring: 'PER_TOPIC_PER_BROKER',
    },
    nodes: {
      onDemand: { instanceTypes: ['m7i.large'], least: 3, most: 6, disk: Size.gibibytes(80) },
      spot: { instanceTypes: SPOT_TYPES, least: 2, most: 12, disk: Size.gibibytes(80) },
    },
    database: {
      instanceClass: 'db.m7g.large',
      storage: Size.gibibytes(100),
      maxStorage: Size.gibibytes(1000),
      multiAz: true,
      backups: Duration.days(14),
    },
    cache: { nodeType: 'cache.m7g.large', replicas: 2, snapshots: Duration.days(7) },
  },
};
