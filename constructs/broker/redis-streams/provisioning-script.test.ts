import { Duration } from 'cdk8s';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { provisioningScript } from './provisioning-script.ts';

const topic = (name: string): TopicSpec => ({
  name,
  partitions: 3,
  replicationFactor: 1,
  minInSyncReplicas: 1,
  retention: Duration.days(7),
});

const calls = (script: string, what: string) =>
  script.split('\n').filter((line) => line.trim().startsWith(`${what} `));

it('calls once for each stream and each group, in the order given', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/), { minLength: 1 });
  fc.assert(
    fc.property(names, (topics) => {
      const script = provisioningScript({
        servers: ['redis-0'],
        topics: topics.map(topic),
        groups: topics.map((name) => ({ topic: name, group: 'shop', start: 'beginning' as const })),
        accounts: undefined,
      });
      expect(calls(script, 'ensure_stream')).toEqual(topics.map((name) => `ensure_stream ${name}`));
      expect(calls(script, 'ensure_group').filter((line) => line.endsWith(' shop'))).toEqual(
        topics.map((name) => `ensure_group ${name} shop`),
      );
      expect(script).toContain(
        `hset event-platform:retention ${topics.map((name) => `${name} 604800000`).join(' ')} >`,
      );
    }),
  );
});

const options = {
  servers: ['redis-0', 'redis-1', 'redis-2'],
  topics: [topic('orders'), topic('orders.shop.dlq')],
  groups: [{ topic: 'orders', group: 'shop', start: 'beginning' as const }],
};
const accounts = [
  { username: 'shop', passwordVariable: 'PASSWORD_SHOP', rights: '-@all (~orders +xadd)' },
];

it('sets up accounts on every server, with passwords that no argument shows, and removes others', () => {
  const script = provisioningScript({ ...options, accounts });
  expect(script).toContain(`  ensure_account shop "$PASSWORD_SHOP" '-@all (~orders +xadd)'\n`);
  expect(script).toContain(`case " default $ADMIN_USERNAME shop " in`);
  expect(script).toContain(`acl() { printf 'acl %s\\n' "$*" | cli -h "$server"; }`);
  expect(provisioningScript({ ...options, accounts: undefined })).not.toContain('acl');
});

it('never takes a stream or a group away, and stops at the first error', () => {
  const script = provisioningScript({ ...options, accounts });
  expect(script).toMatch(/^set -eu\n/);
  expect(script).not.toMatch(/\b(del|unlink|flushall|xtrim)\b/);
  // But for the group that only made an empty stream.
  expect(script.match(/xgroup destroy/g)).toHaveLength(1);
});

it('renders as before', () => {
  expect(provisioningScript({ ...options, accounts })).toMatchSnapshot();
});

it('has a group start behind what is there, or behind the millisecond before a time', () => {
  const starts = ['now', new Date('2026-01-01T00:00:00Z')] as const;
  const groups = starts.map((start, index) => ({ topic: 'orders', group: `shop-${index}`, start }));
  const script = provisioningScript({ ...options, groups, accounts: undefined });
  expect(calls(script, 'ensure_group').slice(-2)).toEqual([
    "ensure_group orders shop-0 '$'",
    'ensure_group orders shop-1 1767225599999-18446744073709551615',
  ]);
  expect(script).toContain('xgroup create "$1" "$2" "${3:-0}" mkstream');
});
