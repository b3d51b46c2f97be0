import { describe, expect, it } from 'vitest';
import { record } from '../testing/recording.ts';
import { Firewall } from './firewall.ts';

describe('Firewall', () => {
  it('refuses more rules than a security group takes, before anything is made', async () => {
    const clients = Object.fromEntries(
      Array.from({ length: 31 }, (_, index) => [`app-${index}`, `sg-${index}`]),
    );
    const ports = { data: 9098, metrics: 11_001 };
    await expect(
      record(() => new Firewall('blue', { vpcId: 'vpc', description: 'Kafka', ports, clients })),
    ).rejects.toThrow(
      "the security group 'blue' has 62 rules, and AWS takes 60: let clients share a security group",
    );
  });
});
