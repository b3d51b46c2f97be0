// AWS takes no part: this shows what is made of its answers.
import { describe, expect, it } from 'vitest';
import { ANSWERS, REGION } from '../testing/answers.ts';
import { record } from '../testing/recording.ts';
import { availabilityZones } from './zones.ts';

describe('availabilityZones', () => {
  it('gives the first three', async () => {
    const { result } = await record(() => availabilityZones(), ANSWERS);
    expect(result).toEqual([`${REGION}a`, `${REGION}b`, `${REGION}c`]);
  });

  it('leaves out zones that have to be opted in to, and those without EKS', async () => {
    const asked: unknown[] = [];
    await record(() => availabilityZones(), {
      call: (_token, inputs) => {
        asked.push(inputs);
        return { ...inputs, names: ['a', 'b', 'c'] };
      },
    });
    expect(asked).toMatchObject([
      {
        excludeZoneIds: ['use1-az3', 'usw1-az2', 'cac1-az3'],
        filters: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
      },
    ]);
  });

  it('refuses a region with two', async () => {
    const call = (_token: string, inputs: object) => ({ ...inputs, names: ['a', 'b'] });
    await expect(record(() => availabilityZones(), { call })).rejects.toThrow(
      'the region has 2 availability zones (a, b), and three copies of each event need three: use another region',
    );
  });
});
