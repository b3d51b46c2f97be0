import { describe, expect, it } from 'vitest';
import { Environment, EventTools, renderObjects } from 'cdk8s-event-platform';
import { TestPlatform } from '../../constructs/testing/fixtures.ts';
import { ago, checkCluster, type Finding } from './checks.ts';
import type { ClusterObject, Kubectl } from './kubectl.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');

function platformOf(withTools: boolean): TestPlatform['platform'] {
  const test = new TestPlatform(Environment.local());
  test.producer();
  test.consumer();
  if (withTools) {
    new EventTools(test.platform, 'event-tools', { pubSub: test.pubSub });
  }
  return test.platform;
}

const TOPICS = [
  ...['begin order-placed 0 0', 'end order-placed 0 7'],
  `since-${NOW - 3_600_000} order-placed 0 3`,
  ...['begin order-placed.order-processor.dlq 0 0', 'end order-placed.order-processor.dlq 0 2'],
].join('\n');
const GROUPS = 'order-processor order-placed 0 5 7 2 - - -';

interface Said {
  readonly missing?: readonly string[];
  readonly pods?: readonly object[];
  readonly topics?: string;
  readonly groups?: string;
  readonly exec?: Error;
  readonly dapr?: readonly object[];
  readonly namespace?: false;
}

function pod(name: string, ready = true, containers = [name, 'daprd']): object {
  return {
    kind: 'Pod',
    metadata: { name: `${name}-1`, labels: { 'app.kubernetes.io/name': name } },
    status: {
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: containers.map((each) => ({ name: each, ready, restartCount: 0 })),
    },
  };
}

const DAPR = [
  {
    kind: 'Deployment',
    metadata: { name: 'dapr-operator' },
    spec: { replicas: 1 },
    status: { readyReplicas: 1 },
  },
];
const PODS = ['shop', 'order-processor', 'event-tools'].map((name) => pod(name));

/** kubectl with a cluster in which everything is there, but for what is said. */
function cluster(platform: TestPlatform['platform'], said: Said): Kubectl {
  const declared = renderObjects(platform)
    .map(({ manifest }) => manifest as ClusterObject)
    .filter(({ metadata }) => !(said.missing ?? []).includes(metadata.name));
  const list = (items: readonly object[]) => JSON.stringify({ items });
  const kinds: Readonly<Record<string, string>> = {
    'components.dapr.io': 'Component',
    'subscriptions.dapr.io': 'Subscription',
  };
  return {
    run: (args) => {
      const [verb, what] = args as [string, string];
      if (verb === 'exec') {
        if (said.exec !== undefined) {
          return Promise.reject(said.exec);
        }
        const last = args.at(-1);
        return Promise.resolve(
          last === 'metadata'
            ? JSON.stringify({ components: [{ name: 'pubsub' }] })
            : last === 'topics'
              ? (said.topics ?? TOPICS)
              : (said.groups ?? GROUPS),
        );
      }
      switch (what) {
        case 'namespace':
          return Promise.resolve(said.namespace === false ? '' : '{"kind":"Namespace"}');
        case 'pods':
          return Promise.resolve(list(said.pods ?? PODS));
        case 'deployments,statefulsets':
          return Promise.resolve(list(said.dapr ?? DAPR));
        default:
          return Promise.resolve(list(declared.filter(({ kind }) => kind === kinds[what])));
      }
    },
    lines: () => Promise.reject(new Error('nothing is read line by line')),
  };
}

function check(said: Said, withTools = true): Promise<readonly Finding[]> {
  const platform = platformOf(withTools);
  return checkCluster({ platform, kubectl: cluster(platform, said), now: NOW });
}

const bad = (findings: readonly Finding[]) => findings.filter(({ level }) => level !== 'ok');

describe('the doctor of a platform', () => {
  it('says how everything is', async () => {
    const findings = await check({});
    expect(findings.map(({ level, what, detail }) => `${level} ${what}: ${detail}`)).toEqual([
      'ok namespace event-driven: there',
      'ok dapr-operator: 1 of 1 pods ready',
      'ok Components: all 1 are there',
      'ok Subscriptions: all 1 are there',
      'ok app shop: 1 of 1 pods ready',
      'ok app order-processor: 1 of 1 pods ready',
      'ok app event-tools: 1 of 1 pods ready',
      'ok component pubsub: loaded by the sidecar of the EventTools',
      'ok topic order-placed: 7 events, the last 60 min ago',
      'warning topic order-placed.order-processor.dlq: 2 events could not be delivered in its time: see `event-platform dead-letters list`',
      'ok group order-processor of order-placed: lag 2',
    ]);
  });

  it.each([
    [{ namespace: false as const }, 'namespace event-driven', 'not there: apply'],
    [{ dapr: [] }, 'Dapr', 'its control plane is not in namespace dapr-system: install Dapr'],
    [{ missing: ['pubsub'] }, 'Components', 'pubsub missing: apply what the program declares'],
    [{ pods: [pod('order-processor'), pod('event-tools')] }, 'app shop', 'has no pods'],
    [{ pods: [pod('shop', false), ...PODS.slice(1)] }, 'app shop', '0 of 1 pods ready: see'],
    [
      { pods: [pod('shop', true, ['shop']), ...PODS.slice(1)] },
      'app shop',
      "1 of 1 pods have no sidecar: Dapr's injector was not there when they started; delete them",
    ],
    [{ topics: '' }, 'topic order-placed', 'not there: apply the Job that provisions topics'],
  ])('finds a problem', async (said, what, detail) => {
    const problems = (await check(said)).filter(({ level }) => level === 'problem');
    const found = problems.find((problem) => problem.what === what);
    expect(found?.detail).toContain(detail);
  });

  it('warns of lag, and of a group that is not there', async () => {
    const lagging = await check({ groups: 'order-processor order-placed 0 5 7000 6995 - - -' });
    const missing = await check({ groups: '' });
    expect(bad(lagging)).toContainEqual({
      ...{ level: 'warning', what: 'group order-processor of order-placed', detail: 'lag 6995' },
    });
    expect(bad(missing)).toContainEqual({
      ...{ level: 'warning', what: 'group order-processor of order-placed' },
      detail: 'not there yet: the consumer has not received an event',
    });
  });

  it('has no problem with a consumer at zero', async () => {
    const findings = await check({ pods: [pod('shop'), pod('event-tools')] });
    expect(findings).toContainEqual({
      ...{ level: 'ok', what: 'app order-processor' },
      detail: 'no pods: a scaler starts them when events wait',
    });
  });

  it('says what it could not look at', async () => {
    expect(bad(await check({}, false))).toEqual([
      {
        ...{ level: 'unknown', what: 'topics and groups' },
        detail:
          "nobody looked: declare `new EventTools(platform, 'event-tools', { pubSub })` for that",
      },
    ]);
    expect(bad(await check({ exec: new Error('Forbidden') })).map(({ level }) => level)).toEqual([
      'unknown',
      'unknown',
    ]);
  });
});

it.each([
  ['2026-11-28T11:58:40Z', '1 min ago'],
  ['2026-11-28T09:00:00Z', '3 h ago'],
  ['2026-11-20T12:00:00Z', '8 days ago'],
])('says how long ago %s is', (time, text) => {
  expect(ago(time, NOW)).toBe(text);
});
