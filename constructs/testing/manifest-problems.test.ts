import { describe, expect, it } from 'vitest';
import { manifestProblems } from './manifest-problems.ts';
import { problemsWithStrimzi } from './strimzi-problems.ts';

const metadata = { name: 'x' };

it.each([
  [
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 'two' } },
    [
      "apps/v1 Deployment/x: /spec must have required property 'selector'",
      "apps/v1 Deployment/x: /spec must have required property 'template'",
      "apps/v1 Deployment/x: /spec/replicas ('two') must be integer",
    ],
  ],
  [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, dta: {} },
    ['v1 ConfigMap/x: /dta is not a field of this kind'],
  ],
  [
    { apiVersion: 'v1', kind: 'Service', metadata: { ...metadata, label: {} } },
    ['v1 Service/x: /metadata/label is not a field of this kind'],
  ],
  [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { ports: [{ port: 80, protocol: 'udp' }] },
    },
    ["v1 Service/x: /spec/ports/0/protocol ('udp') must be one of 'SCTP', 'TCP', 'UDP'"],
  ],
  [
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata,
      spec: { limits: [{ type: 'Pod', max: { cpu: '1 core' }, min: { cpu: true } }] },
    },
    [
      expect.stringContaining("/spec/limits/0/max/cpu ('1 core') must match pattern"),
      'v1 LimitRange/x: /spec/limits/0/min/cpu (true) must be number or string',
    ],
  ],
  [
    { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata, spec: { triggers: [] } },
    [
      "keda.sh/v1alpha1 ScaledObject/x: /spec must have required property 'scaleTargetRef'",
      'keda.sh/v1alpha1 ScaledObject/x: /spec/triggers must NOT have fewer than 1 items',
    ],
  ],
  [
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata,
      spec: { groups: [{ rules: [] }] },
    },
    [
      "monitoring.coreos.com/v1 PrometheusRule/x: /spec/groups/0 must have required property 'name'",
    ],
  ],
  [
    { apiVersion: 'dapr.io/v1alpha1', kind: 'Component', metadata, spec: { type: 'pubsub.kafka' } },
    [
      "dapr.io/v1alpha1 Component/x: /spec must have required property 'metadata'",
      "dapr.io/v1alpha1 Component/x: /spec must have required property 'version'",
    ],
  ],
  [
    {
      apiVersion: 'dapr.io/v2alpha1',
      kind: 'Subscription',
      metadata,
      spec: { pubsubname: 'p', topic: 't', routes: {}, scopes: ['in the wrong place'] },
    },
    ['dapr.io/v2alpha1 Subscription/x: /spec/scopes is not a field of this kind'],
  ],
  [
    {
      apiVersion: 'dapr.io/v1alpha1',
      kind: 'Resiliency',
      metadata,
      spec: { policies: { retries: { r: { initialInterval: '1s' } } }, targets: {} },
    },
    [
      'dapr.io/v1alpha1 Resiliency/x: /spec/policies/retries/r/initialInterval is not a field of this kind',
    ],
  ],
  [
    { apiVersion: 'example.com/v1', kind: 'Unknown', metadata },
    [
      "example.com/v1 Unknown/x: is of a kind without a schema: add its CustomResourceDefinition to 'definitions'",
    ],
  ],
])('reports what is wrong with %o', (manifest, problems) => {
  expect(manifestProblems([manifest])).toEqual(problems);
});

it('accepts what its kind allows', () => {
  expect(
    manifestProblems([
      {
        apiVersion: 'dapr.io/v2alpha1',
        kind: 'Subscription',
        metadata,
        ...{ scopes: ['app'], spec: { pubsubname: 'p', topic: 't', routes: { default: '/' } } },
      },
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata,
        ...{ spec: { maxUnavailable: '50%', selector: { matchLabels: { app: 'x' } } } },
      },
    ]),
  ).toEqual([]);
});

it("knows Strimzi's kinds in this repository", () => {
  const topic = { apiVersion: 'kafka.strimzi.io/v1', kind: 'KafkaTopic', metadata };
  expect(problemsWithStrimzi([{ ...topic, ...{ spec: { partitions: 0 } } }])).toEqual([
    expect.stringMatching(/^kafka\.strimzi\.io\/v1 KafkaTopic\/x: .*partitions must be >= 1/),
  ]);
  expect(problemsWithStrimzi([{ ...topic, ...{ spec: { partitions: 1 } } }])).toEqual([]);
});

describe('with definitions', () => {
  const widget = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      names: { kind: 'Widget' },
      versions: [
        {
          name: 'v1',
          schema: {
            openAPIV3Schema: {
              type: 'object',
              required: ['spec'],
              properties: {
                spec: {
                  type: 'object',
                  properties: { mode: { type: 'string', pattern: '^(?i)(on|off)$' } },
                },
              },
            },
          },
        },
      ],
    },
  };
  const options = { definitions: [{}, widget] };
  const aWidget = (spec: object) => ({
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata,
    spec,
  });

  it('checks custom resources, and those that are known besides', () => {
    expect(manifestProblems([aWidget({ mode: 'ON' })], options)).toEqual([]);
    expect(
      manifestProblems(
        [
          aWidget({ mode: 'up', size: 1 }),
          { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'y', labels: [] } as never },
        ],
        options,
      ),
    ).toEqual([
      'example.com/v1 Widget/x: /spec/size is not a field of this kind',
      `example.com/v1 Widget/x: /spec/mode ('up') must match pattern "^(?i)(on|off)$"`,
      'v1 ConfigMap/y: /metadata/labels must be object',
    ]);
  });

  it('leaves other calls without them', () => {
    expect(manifestProblems([aWidget({})])).toEqual([
      expect.stringContaining('is of a kind without a schema'),
    ]);
  });
});
