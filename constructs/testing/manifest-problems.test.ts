import { expect, it } from 'vitest';
import { manifestSchemaProblems } from './manifest-problems.ts';

const metadata = { name: 'x' };

it.each([
  [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 'two' } }],
  [{ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata, spec: { triggers: [] } }],
  [
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata,
      spec: { groups: [{ rules: [] }] },
    },
  ],
  [{ apiVersion: 'dapr.io/v1alpha1', kind: 'Component', metadata, spec: { type: 'pubsub.kafka' } }],
  [
    {
      apiVersion: 'dapr.io/v2alpha1',
      kind: 'Subscription',
      metadata,
      spec: { pubsubname: 'p', topic: 't', routes: {}, scopes: ['in the wrong place'] },
    },
  ],
  [
    {
      apiVersion: 'dapr.io/v1alpha1',
      kind: 'Resiliency',
      metadata,
      spec: { policies: { retries: { r: { initialInterval: '1s' } } }, targets: {} },
    },
  ],
  [{ apiVersion: 'kafka.strimzi.io/v1', kind: 'KafkaTopic', metadata, spec: { partitions: 0 } }],
  [{ apiVersion: 'example.com/v1', kind: 'Unknown', metadata }],
])('finds what is wrong with %o', (manifest) => {
  expect(manifestSchemaProblems(manifest).length).toBeGreaterThan(0);
});

it('has nothing against what is right', () => {
  expect(
    manifestSchemaProblems({
      apiVersion: 'dapr.io/v2alpha1',
      kind: 'Subscription',
      metadata,
      ...{ scopes: ['app'], spec: { pubsubname: 'p', topic: 't', routes: { default: '/' } } },
    }),
  ).toEqual([]);
});
