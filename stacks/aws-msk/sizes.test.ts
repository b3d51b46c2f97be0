// AWS takes no part: what instance types there are is as its documentation says.
import { describe, expect, it } from 'vitest';
import { AWS_SIZES } from './sizes.ts';

const SIZES = Object.values(AWS_SIZES);
/** The numbers of days that CloudWatch knows, up to a year. */
const LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365];

describe.each(SIZES)('size $name', (size) => {
  it('has brokers in each of three zones, with room to grow', () => {
    expect(size.kafka.brokers % 3).toBe(0);
    expect(size.kafka.maxStorage.toGibibytes()).toBeGreaterThan(size.kafka.storage.toGibibytes());
    expect(size.database.maxStorage.toGibibytes()).toBeGreaterThan(
      size.database.storage.toGibibytes() * 1.1,
    );
  });

  it('takes numbers of days that the services know', () => {
    expect(LOG_DAYS).toContain(size.logRetention.toDays());
    expect(size.recovery.toDays()).toBeGreaterThanOrEqual(7);
    expect(size.recovery.toDays()).toBeLessThanOrEqual(30);
    expect(size.database.backups.toDays()).toBeGreaterThanOrEqual(1);
    expect(size.database.backups.toDays()).toBeLessThanOrEqual(35);
  });

  it('has several kinds of spot nodes, so that they seldom run out at once', () => {
    expect(new Set(size.nodes.spot.instanceTypes).size).toBeGreaterThanOrEqual(4);
    expect(size.nodes.onDemand.least).toBeGreaterThanOrEqual(2);
  });

  it('has no class that is too small for Performance Insights', () => {
    expect(size.database.instanceClass).not.toMatch(/\.(micro|small)$/);
  });
});

describe('AWS_SIZES', () => {
  it('names each size as it is found', () => {
    expect(Object.keys(AWS_SIZES)).toEqual(SIZES.map(({ name }) => name));
  });

  it('guards production', () => {
    const { production } = AWS_SIZES;
    expect(production).toMatchObject({ protectData: true, natGateways: 3 });
    expect(production.database.multiAz).toBe(true);
    expect(production.database.backups.toDays()).toBeGreaterThanOrEqual(7);
    expect(production.cache.snapshots.toDays()).toBeGreaterThanOrEqual(7);
    expect(production.cache.replicas).toBeGreaterThanOrEqual(1);
    expect(production.kafka.instanceType).not.toContain('.t3.');
  });
});
