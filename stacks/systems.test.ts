// Two systems in one stack: that of the repository, and one that is made here.
import { App } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { awsEnvironment, AWS_PLACEHOLDERS } from '../charts/aws-environment.ts';
import { SYSTEMS, type Systems } from '../charts/systems.ts';
import type { System } from '../charts/system.ts';
import {
  DaprPubSub,
  defineApp,
  defineEvent,
  Environment,
  EventPlatform,
  EventProducer,
  ExternalKafkaAuthentication,
  KafkaCluster,
} from '../constructs/index.ts';
import { program as awsMsk } from './aws-msk/index.ts';
import { program as local } from './local/index.ts';
import { ANSWERS, OWN_SETTINGS, REGION } from './testing/answers.ts';
import { record } from './testing/recording.ts';

const RELEASE = 'kubernetes:helm.sh/v3:Release';
const DEPLOYMENT = 'kubernetes:apps/v1:Deployment';

function producing(
  platform: EventPlatform,
  broker: KafkaCluster | ReturnType<typeof KafkaCluster.fromBootstrap>,
  topic: string,
  partitions = 6,
) {
  const event = defineEvent({
    type: 'com.example.order.placed',
    version: '1.0.0',
    topic,
    key: 'order_id',
    description: 'A customer has placed an order.',
    schema: {
      type: 'object',
      required: ['order_id'],
      properties: { order_id: { type: 'string', maxLength: 64 } },
    },
  });
  const manifest = defineApp({
    appId: 'billing-api',
    description: 'Takes billing.',
    port: 8080,
    publishes: [event],
  });
  const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
  pubSub.addTopic(event, { partitions });
  new EventProducer(platform, 'billing-api', { manifest, pubSub });
  return platform;
}

/** Orders, which need no database: a system of another team. */
function billing(topic = 'order-placed', namespace = 'billing', partitions?: number): System {
  const reachIt = (kubectl: string) => [`${kubectl} port-forward service/billing-api 8080:80`];
  return {
    environments: {},
    images: { 'billing-api': 'dead-letter-processor' },
    namespace,
    local: {
      declare: (options) => {
        const environment = Environment.local(options);
        const platform = new EventPlatform(new App(), 'billing', { environment });
        return producing(platform, new KafkaCluster(platform, 'kafka'), topic);
      },
      reachIt,
    },
    awsMsk: {
      declare: (options) => {
        const environment = awsEnvironment(options);
        const platform = new EventPlatform(new App(), 'billing', { environment });
        const broker = KafkaCluster.fromBootstrap(platform, 'kafka', {
          bootstrapServers: AWS_PLACEHOLDERS.brokers,
          authentication: ExternalKafkaAuthentication.mskIam({ region: REGION }),
        });
        return { platform: producing(platform, broker, topic, partitions), broker };
      },
      reachIt,
    },
  };
}

const BOTH: Systems = { ...SYSTEMS, billing: billing() };

const deployLocal = (config: Record<string, string>, systems = BOTH) =>
  record(() => local(systems), {
    config: { target: 'local', ...config },
    stack: 'local',
    ...ANSWERS,
  });

const deployAws = (config: Record<string, string>, systems = BOTH) =>
  record(() => awsMsk(systems), {
    config: {
      target: 'aws-msk',
      size: 'production',
      region: REGION,
      imageTag: '1.2.3',
      ...OWN_SETTINGS,
      ...config,
    },
    stack: 'aws-msk',
    ...ANSWERS,
  });

describe.each([
  ['local', deployLocal],
  ['aws-msk', deployAws],
])('systems of a stack, %s', (_target, deploy) => {
  it('are `tasks` alone unless it says otherwise', async () => {
    const { result, ofType } = await deploy({});
    expect(Object.keys(result.systems as object)).toEqual(['tasks']);
    const names = ofType(DEPLOYMENT).map(({ name }) => name);
    expect(names.every((name) => name.startsWith('Deployment/event-driven/'))).toBe(true);
  });

  it('have a namespace each, and the operators once', async () => {
    const one = await deploy({});
    const two = await deploy({ systems: 'tasks,billing' });
    const releases = (recording: typeof one) => recording.ofType(RELEASE).map(({ name }) => name);
    expect(releases(two)).toEqual(releases(one));
    expect(two.ofType('kubernetes:core/v1:Namespace').map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Namespace/event-driven', 'Namespace/billing']),
    );
    expect(two.only(DEPLOYMENT, 'Deployment/billing/billing-api')).toBeDefined();
    expect(JSON.stringify(two.resources)).not.toContain('placeholder.invalid');
  });

  it('leave the resources of `tasks` as they are', async () => {
    const [one, two] = [await deploy({}), await deploy({ systems: 'tasks,billing' })];
    const urns = new Set(two.resources.map(({ urn }) => urn));
    expect(one.resources.filter(({ urn }) => !urns.has(urn)).map(({ urn }) => urn)).toEqual([]);
  });

  it('may be one other than `tasks`, also in a list of YAML', async () => {
    const { result, ofType } = await deploy({ systems: '["billing"]', namespace: 'shop' });
    expect(result.systems).toMatchObject({
      billing: {
        namespace: 'shop',
        reachIt: expect.arrayContaining([
          expect.stringMatching(/ -n shop port-forward service\/billing-api 8080:80$/),
        ]) as string[],
      },
    });
    expect(ofType('kubernetes:core/v1:Namespace').map(({ name }) => name)).not.toContain(
      'Namespace/event-driven',
    );
  });

  it.each([
    [
      { systems: 'tasks,payments' },
      "'systems' (systems that are deployed) has 'payments': use tasks, todo, traffic, orders, billing",
    ],
    [
      { systems: '[]' },
      "'systems' (systems that are deployed) is empty: use tasks, todo, traffic, orders, billing",
    ],
    [
      { systems: 'tasks,billing', namespace: 'shop' },
      "'namespace' is that of one system, and 'systems' has tasks, billing, each with a namespace of its own",
    ],
  ])('are refused: %j', async (config, message) => {
    await expect(deploy(config as Record<string, string>)).rejects.toThrow(message);
  });

  it('are refused in one namespace', async () => {
    const systems = { ...SYSTEMS, billing: billing('order-placed', 'event-driven') };
    await expect(deploy({ systems: 'tasks,billing' }, systems)).rejects.toThrow(
      "systems 'tasks' and 'billing' have one namespace 'event-driven'",
    );
  });

  it('are refused with two programs for one image', async () => {
    const images = { producer: 'dead-letter-processor' };
    const systems = { ...SYSTEMS, billing: { ...billing(), images } };
    await expect(deploy({ systems: 'tasks,billing' }, systems)).rejects.toThrow(
      "image 'producer' of system 'billing' is built from 'dead-letter-processor', and that of another system from 'tasks/producer'",
    );
  });
});

describe('two systems on AWS', () => {
  it('share network, cluster and Kafka, and have topics, secrets and rights of their own', async () => {
    const recording = await deployAws({ systems: 'tasks,billing' });
    for (const type of ['aws:ec2/vpc:Vpc', 'aws:eks/cluster:Cluster', 'aws:msk/cluster:Cluster']) {
      expect(recording.ofType(type), type).toHaveLength(1);
    }
    // Orders keep nothing.
    expect(recording.ofType('aws:rds/instance:Instance')).toHaveLength(1);
    expect(recording.ofType('aws:msk/topic:Topic').map(({ inputs }) => inputs.name)).toEqual(
      expect.arrayContaining(['task-created', 'order-placed']),
    );
    const associations = recording
      .ofType('aws:eks/podIdentityAssociation:PodIdentityAssociation')
      .map(({ inputs }) => `${String(inputs.namespace)}/${String(inputs.serviceAccount)}`);
    expect(associations).toEqual(
      expect.arrayContaining(['billing/billing-api', 'event-driven/producer']),
    );
    expect(associations.filter((account) => account === 'keda/keda-operator')).toHaveLength(1);
  });

  it('have together no more partitions than brokers take', async () => {
    const size = { size: 'dev' };
    const systems = { ...SYSTEMS, billing: billing('order-placed', 'billing', 238) };
    expect(
      (await deployAws({ ...size, systems: 'billing' }, systems)).ofType('aws:msk/topic:Topic'),
    ).toHaveLength(1);
    await expect(deployAws({ ...size, systems: 'tasks,billing' }, systems)).rejects.toThrow(
      "topics and Kafka's own have 310 partitions on each broker, copies included, and MSK takes 300",
    );
  });

  it('may not provision one topic', async () => {
    const systems = { ...SYSTEMS, billing: billing('task-created') };
    await expect(deployAws({ systems: 'tasks,billing' }, systems)).rejects.toThrow(
      "systems 'tasks' and 'billing' both provision topic 'task-created' of the MSK cluster that they share",
    );
  });
});
