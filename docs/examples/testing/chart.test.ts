import { App } from 'cdk8s';
import { manifestProblems, Manifests } from 'cdk8s-event-platform/testing';
import { expect, test } from 'vitest';
import { ordersPlatform } from './chart.ts';

const manifests = Manifests.render(ordersPlatform(new App()));

test('the objects are as the schemas of their kinds say', () => {
  expect(manifestProblems(manifests.objects)).toEqual([]);
});

test('the consumer has at most as many pods as its topic has partitions', () => {
  expect(manifests.only('ScaledObject', 'order-processor')).toMatchObject({
    spec: { maxReplicaCount: 6 },
  });
});
