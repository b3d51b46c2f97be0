import { describe, expect, it } from 'vitest';
import { renderPlatform } from '../../constructs/index.ts';
import { AWS_PLACEHOLDERS } from '../aws-environment.ts';
import { awsPlatform } from './aws-msk.ts';

describe('awsPlatform', () => {
  it('lists what MSK has to have: each topic, and what each client does', () => {
    const { platform, broker } = awsPlatform();
    renderPlatform(platform);
    const [topic, ...deadLetters] = [
      'task-created',
      'task-created.analytics-aggregator.dlq',
      'task-created.notification-sender.dlq',
      'task-created.task-processor.dlq',
    ] as const;
    const consumer = (client: string) => ({
      client,
      serviceAccount: client,
      publishes: [`${topic}.${client}.dlq`],
      receives: [topic],
      group: `event-driven.${client}`,
    });
    expect(broker.topics.map(({ name }) => name)).toEqual([topic, ...deadLetters]);
    expect(broker.grants).toEqual([
      consumer('analytics-aggregator'),
      {
        client: 'dead-letter-processor',
        serviceAccount: 'dead-letter-processor',
        publishes: [],
        receives: deadLetters,
        group: 'event-driven.dead-letter-processor',
      },
      consumer('notification-sender'),
      {
        client: 'producer',
        serviceAccount: 'producer',
        publishes: [topic],
        receives: [],
        group: 'event-driven.producer',
      },
      consumer('task-processor'),
    ]);
  });

  it('runs no broker, no database and no cache in the cluster', () => {
    const objects = renderPlatform(awsPlatform().platform).flatMap((layer) => layer.objects);
    expect(objects.filter(({ kind }) => kind === 'StatefulSet')).toEqual([]);
  });

  it('has a placeholder for each value that AWS makes, and no other', () => {
    const text = renderPlatform(awsPlatform().platform)
      .map(({ yaml }) => yaml)
      .join('');
    const { brokers, postgres, postgresAuthority, registry } = AWS_PLACEHOLDERS;
    const found = new Set(text.match(/[\w.-]+\.placeholder\.invalid/g));
    expect([...found].sort()).toEqual(
      [
        ...brokers.map((broker) => broker.split(':')[0]!),
        postgres,
        postgresAuthority,
        registry,
      ].sort(),
    );
  });

  it('takes region, namespace and the least number of pods', () => {
    const { platform, broker } = awsPlatform({
      region: 'us-east-1',
      namespace: 'staging',
      minReplicas: 0,
    });
    const objects = renderPlatform(platform).flatMap((layer) => layer.objects) as unknown as {
      kind: string;
      spec: { minReplicaCount: number; metadata: { name: string; value: string }[] };
    }[];
    expect(broker.grants.every(({ group }) => group.startsWith('staging.'))).toBe(true);
    expect(
      objects.filter(({ kind }) => kind === 'ScaledObject').map(({ spec }) => spec.minReplicaCount),
    ).toEqual([0, 0, 0]);
    const [kafka] = objects.filter(({ kind }) => kind === 'Component');
    expect(kafka?.spec.metadata).toContainEqual({ name: 'region', value: 'us-east-1' });
  });
});
