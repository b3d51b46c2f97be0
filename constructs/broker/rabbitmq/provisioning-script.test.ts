import { describe, expect, it } from 'vitest';
import { provisioningScript } from './provisioning-script.ts';

const script = provisioningScript({
  host: 'rabbitmq.ns.svc.cluster.local',
  port: 15_672,
  servers: 3,
  queues: [
    { name: 'packer-orders', topic: 'orders', arguments: { 'x-queue-type': 'quorum' } },
    {
      name: 'orders.packer.dlq',
      topic: 'orders.packer.dlq',
      arguments: { 'x-queue-type': 'quorum' },
      ttl: 1000,
    },
  ],
  accounts: [
    {
      username: 'packer',
      passwordVariable: 'PASSWORD_0',
      rights: { configure: '^(a)$', write: '', read: "^it's$" },
    },
  ],
});

describe('provisioningScript', () => {
  it('drops no message for being delivered again and again', () => {
    expect(script).toContain(
      `put policies/%2F/delivery '{"pattern":".*","definition":{"delivery-limit":2147483647},"apply-to":"queues","priority":0}'\n`,
    );
  });

  it('bounds the time of messages that nobody reads, and of no others', () => {
    expect(script).toContain(
      `put policies/%2F/keep-orders.packer.dlq '{"pattern":"^orders\\\\.packer\\\\.dlq$","definition":{"delivery-limit":2147483647,"message-ttl":1000},"apply-to":"queues","priority":1}'\n`,
    );
    expect(script.match(/message-ttl/g)).toHaveLength(1);
  });

  it('quotes what it is given, and takes addresses and passwords from its environment', () => {
    expect(script).toContain(`"read":"^it'\\''s$"`);
    expect(script).toContain('host="${MANAGEMENT_HOST:-rabbitmq.ns.svc.cluster.local}"\n');
    expect(script).toContain(`account packer "$PASSWORD_0" ''\n`);
  });

  it('renders as before', () => {
    expect(script).toMatchSnapshot();
  });
});
