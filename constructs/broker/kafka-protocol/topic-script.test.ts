import { Duration } from 'cdk8s';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { topicScript } from './topic-script.ts';

const topic = (name: string): TopicSpec => ({
  name,
  partitions: 6,
  replicationFactor: 3,
  minInSyncReplicas: 2,
  retention: Duration.days(7),
});

const calls = (script: string) =>
  script.split('\n').filter((line) => line.startsWith('ensure_topic '));

it('calls once for each topic, in the order given', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/));
  fc.assert(
    fc.property(names, (topics) => {
      const script = topicScript('kafka:9092', topics.map(topic));
      expect(calls(script)).toEqual(
        topics.map(
          (name) => `ensure_topic ${name} 6 3 retention.ms=604800000 min.insync.replicas=2`,
        ),
      );
      expect(script).toContain(`echo "${topics.length} topics are as declared"\n`);
    }),
  );
});

it('waits for the brokers it is given, and takes others from its environment', () => {
  const script = topicScript('kafka.ns.svc.cluster.local:9092', []);
  expect(script).toContain('bootstrap="${BOOTSTRAP_SERVERS:-kafka.ns.svc.cluster.local:9092}"\n');
  expect(script).toContain('bin="${KAFKA_HOME:-/opt/kafka}/bin"\n');
});

it('stops at the first error, and never takes a topic or a partition away', () => {
  const script = topicScript('kafka:9092', [topic('a')]);
  expect(script).toMatch(/^set -euo pipefail\n/);
  expect(script).not.toMatch(/--delete\b/);
  expect(script).toContain('if [ "$found" -lt "$partitions" ]; then\n');
});

it.each([
  ['unlimited', 'cleanup.policy=delete retention.ms=-1 retention.bytes=-1'],
  ['compacted', 'cleanup.policy=compact'],
] as const)('keeps events as declared: %s', (retention, settings) => {
  const script = topicScript('kafka:9092', [{ ...topic('a'), retention }]);
  expect(calls(script)).toEqual([`ensure_topic a 6 3 ${settings} min.insync.replicas=2`]);
});
