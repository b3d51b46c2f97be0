import { manifestProblems, Manifests } from 'cdk8s-event-platform/testing';
import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS } from './environments.ts';
import { platformOf } from './platform.ts';

describe.each(Object.entries(ENVIRONMENTS))('%s', (_, environment) => {
  const manifests = Manifests.render(platformOf(environment));

  test('objects are as the schemas of their kinds say', () => {
    expect(manifestProblems(manifests.objects)).toEqual([]);
  });

  test('the consumer has at most as many pods as its topic has partitions', () => {
    expect(manifests.only('ScaledObject', 'order-processor')).toMatchObject({
      spec: { maxReplicaCount: 6 },
    });
  });
});
