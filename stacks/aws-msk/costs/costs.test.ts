import { describe, expect, it } from 'vitest';
import { SYSTEMS } from '../../../charts/systems.ts';
import { awsPlatform } from '../../../charts/tasks/aws-msk.ts';
import { longestRetention } from '../../../constructs/messaging/topic-policies.ts';
import { ACCOUNT, ANSWERS, REGION } from '../../testing/answers.ts';
import { record } from '../../testing/recording.ts';
import { EncryptionKeys } from '../keys.ts';
import { AWS_SIZES, type AwsSize } from '../sizes.ts';
import { declaredBy } from './declared.ts';
import { ASSUMPTIONS, type Costs, costsOf, HOURS } from './costs.ts';
import { CACHE_MEMORY_GIB, INSTANCE_PRICES, PRICES, REGIONS } from './prices.ts';

const LOAD = { eventsPerSecond: 50, bytesPerEvent: 1024 };
const SIZES = Object.values(AWS_SIZES);
const { dev, staging, production } = AWS_SIZES;
const TASKS = declaredBy([SYSTEMS.tasks!]);
const TODO = declaredBy([SYSTEMS.todo!]);
const BOTH = declaredBy([SYSTEMS.tasks!, SYSTEMS.todo!]);

/** Every type that a size names. */
const typesOf = ({ kafka, nodes, database, cache }: AwsSize) => [
  kafka.instanceType,
  ...nodes.onDemand.instanceTypes,
  ...nodes.spot.instanceTypes,
  database.instanceClass,
  cache.nodeType,
];

function line({ lines }: Costs, start: string) {
  const found = lines.filter(({ what }) => what.startsWith(start));
  expect(found, start).toHaveLength(1);
  return found[0]!;
}

describe('prices', () => {
  it.each(SIZES)('know every instance type of size $name', (size) => {
    expect(typesOf(size).filter((type) => !(type in INSTANCE_PRICES))).toEqual([]);
    expect(CACHE_MEMORY_GIB).toHaveProperty([size.cache.nodeType]);
  });

  it('hold none that no size names any more', () => {
    const named = new Set(SIZES.flatMap(typesOf));
    expect(Object.keys(INSTANCE_PRICES).filter((type) => !named.has(type))).toEqual([]);
  });

  it.each(REGIONS)('say where those of %s were read or are to be checked, and when', (region) => {
    for (const [name, { usd }] of Object.entries({ ...INSTANCE_PRICES, ...PRICES })) {
      const { usd: price, source, estimate } = usd[region];
      expect(price, name).toBeGreaterThan(0);
      expect(source.url, name).toMatch(/^https:\/\/[a-z0-9.-]+\/.+/);
      expect(source.date, name).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
      // What is from memory is to be checked where AWS says it.
      expect(source.url.startsWith('https://aws.amazon.com/'), name).toBe(estimate);
    }
  });
});

describe('what is assumed', () => {
  it('is what the task platform declares of its topics', () => {
    const { broker } = awsPlatform();
    const events = broker.topics.filter(({ name }) => !name.endsWith('.dlq'));
    for (const { retention, replicationFactor } of events) {
      expect(longestRetention(retention).toDays()).toBe(ASSUMPTIONS.retentionDays);
      expect(replicationFactor).toBe(ASSUMPTIONS.copies);
    }
  });

  it('has as many keys as are made', async () => {
    const { ofType } = await record(
      () => new EncryptionKeys('blue', { size: dev, region: REGION, accountId: ACCOUNT }),
      ANSWERS,
    );
    expect(ofType('aws:kms/key:Key')).toHaveLength(ASSUMPTIONS.keys);
  });
});

describe.each(REGIONS)('costsOf in %s', (region) => {
  it.each(SIZES)('adds up for size $name', (size) => {
    const { lines, total } = costsOf(size, region, LOAD, TASKS);
    for (const { quantity, unitPrice, perMonth } of lines) {
      expect(perMonth).toBeCloseTo(quantity * unitPrice, 6);
    }
    expect(total).toBeCloseTo(
      lines.map(({ perMonth }) => perMonth).reduce((sum, next) => sum + next),
      6,
    );
  });

  it('is more for a larger size', () => {
    const totals = [dev, staging, production].map(
      (size) => costsOf(size, region, LOAD, TASKS).total,
    );
    expect(totals).toEqual([...totals].sort((a, b) => a - b));
    expect(new Set(totals).size).toBe(3);
  });

  it.each(SIZES)('is more for more events, and for larger ones, with size $name', (size) => {
    const { total } = costsOf(size, region, LOAD, TASKS);
    expect(costsOf(size, region, { ...LOAD, eventsPerSecond: 51 }, TASKS).total).toBeGreaterThan(
      total,
    );
    expect(costsOf(size, region, { ...LOAD, bytesPerEvent: 2048 }, TASKS).total).toBeGreaterThan(
      total,
    );
  });
});

describe('costsOf', () => {
  const of = (size: AwsSize, load = LOAD, declared = TASKS) =>
    costsOf(size, 'eu-central-1', load, declared);

  it('counts a second server and its storage for a database in two zones', () => {
    expect(line(of(dev), 'PostgreSQL').quantity).toBe(HOURS);
    expect(line(of(production), 'PostgreSQL').quantity).toBe(2 * HOURS);
    expect(line(of(production), 'storage of PostgreSQL').quantity).toBe(200);
  });

  it('counts a server for each system with a database, and a cache where there is one', () => {
    const none = of(staging, LOAD, { ...TASKS, databases: 0 });
    expect(line(none, 'PostgreSQL').quantity).toBe(0);
    expect(line(of(staging, LOAD, BOTH), 'PostgreSQL').quantity).toBe(4 * HOURS);
    expect(of(staging).lines.filter(({ what }) => what.includes('Valkey'))).toEqual([]);
    expect(line(of(staging, LOAD, TODO), 'Valkey').quantity).toBe(2 * HOURS);
    expect(line(of(staging, LOAD, BOTH), 'Valkey').quantity).toBe(2 * HOURS);
    expect(line(of(staging, LOAD, BOTH), 'secrets').quantity).toBe(TASKS.secrets + TODO.secrets);
  });

  it('counts what runs while nothing happens', () => {
    const idle = of(dev, { eventsPerSecond: 0, bytesPerEvent: 0 });
    expect(line(idle, 'brokers').quantity).toBe(3 * HOURS);
    expect(line(idle, 'NAT gateways').quantity).toBe(HOURS);
    expect(line(idle, 'traffic between zones').perMonth).toBe(0);
    expect(line(idle, 'metrics of brokers').perMonth).toBe(0);
  });

  it('takes one spot node where there may be none, at part of its price on demand', () => {
    const spot = of(dev).lines.filter(({ what }) => what.startsWith('spot nodes'));
    expect(spot.reduce((hours, { quantity }) => hours + quantity, 0)).toBeCloseTo(HOURS, 6);
    const m5 = spot.find(({ what }) => what.endsWith('m5.large'))!;
    const onDemand = INSTANCE_PRICES['m5.large']!.usd['eu-central-1'].usd;
    expect(m5.unitPrice).toBeCloseTo(onDemand * ASSUMPTIONS.spotShare, 6);
  });

  it('has volumes of brokers grow with what they keep, and says when they cannot', () => {
    // 7 days × 100 events/s × 1 KiB × 3 copies on 3 brokers are 57.7 GiB, on volumes that are 70 % full.
    const hundred = { ...LOAD, eventsPerSecond: 100 };
    const grown = of(staging, hundred);
    expect(line(grown, 'volumes of brokers').quantity).toBe(3 * 83);
    expect(grown.warnings).toEqual([]);
    expect(line(of(dev, hundred), 'volumes of brokers').quantity).toBe(3 * 50);
    expect(of(dev, hundred).warnings).toEqual([
      'dev is too small for 100 events/s of 1024 bytes: 7 days of them need 83 GiB on each broker, whose volumes grow to 50; use a larger size, or keep events for a shorter time',
    ]);
  });

  it('refuses a type without a price', () => {
    const size = { ...dev, kafka: { ...dev.kafka, instanceType: 'kafka.m9g.large' } };
    expect(() => of(size)).toThrow(
      "no price is known of 'kafka.m9g.large': add it to costs/prices.ts",
    );
  });
});
