// AWS, EKS and Helm repositories take no part: the recorder shows what they are asked for.
import { describe, expect, it } from 'vitest';
import { awsPlatform } from '../../charts/tasks/aws-msk.ts';
import { renderObjects } from '../../constructs/index.ts';
import { resourceName } from '../kubernetes/kubernetes-object.ts';
import { ACCOUNT, ANSWERS, OWN_SETTINGS, REGION } from '../testing/answers.ts';
import { record, type RecordedResource } from '../testing/recording.ts';
import { program } from './index.ts';
import type { SizeName } from './sizes.ts';

function deploy(config: Record<string, string> = {}, stack = 'aws-msk') {
  return record(program, {
    config: {
      target: 'aws-msk',
      size: 'production',
      region: REGION,
      imageTag: '1.2.3',
      ...OWN_SETTINGS,
      ...config,
    },
    stack,
    ...ANSWERS,
  });
}

/** Names that AWS would have to keep apart. */
function physicalNames(resources: readonly RecordedResource[]): string[] {
  return (
    resources
      .filter(({ type }) => type.startsWith('aws:'))
      .flatMap(({ type, inputs }) =>
        [inputs.name, inputs.finalSnapshotIdentifier]
          .filter((name) => typeof name === 'string')
          .map((name) => `${type} ${name}`),
      )
      // Topics are in a cluster of their own.
      .filter((name) => !name.startsWith('aws:msk/topic:Topic'))
  );
}

describe('the stack on AWS', () => {
  it('has a resource for each object of dist/tasks/aws-msk, and no placeholder in any', async () => {
    const { resources } = await deploy();
    const objects = resources.filter(({ type }) => /^kubernetes:[^:]+\/v/.test(type));
    const rendered = renderObjects(awsPlatform().platform).map(({ manifest }) =>
      resourceName(manifest),
    );
    expect(objects.map(({ name }) => name)).toEqual(expect.arrayContaining(rendered));
    expect(JSON.stringify(resources)).not.toContain('placeholder.invalid');
  });

  it('puts what AWS made where the manifests need it', async () => {
    const recording = await deploy();
    const broker = recording.only(
      'kubernetes:dapr.io/v1alpha1:Component',
      'Component/event-driven/kafka-pubsub',
    );
    expect(JSON.stringify(broker.inputs)).toContain(
      'b-1.kafka.example:9098,b-2.kafka.example:9098,b-3.kafka.example:9098',
    );
    const text = JSON.stringify(
      recording.only('kubernetes:apps/v1:Deployment', 'Deployment/event-driven/task-processor')
        .inputs,
    );
    expect(text).toContain('{"name":"PGHOST","value":"db.example"}');
    expect(text).toMatch(/"image":"[^"]+\/task-processor:1\.2\.3@sha256:abc"/);
    const authority = recording.only(
      'kubernetes:core/v1:ConfigMap',
      'ConfigMap/event-driven/postgres-authority',
    );
    expect((authority.inputs.data as Record<string, string>)['ca.crt']).toMatch(
      /^-----BEGIN CERTIFICATE-----/,
    );
  });

  it('makes every topic before the platform, which no program of Kafka has to log in for', async () => {
    const recording = await deploy();
    const topics = recording.ofType('aws:msk/topic:Topic');
    expect(topics.map(({ inputs }) => inputs.name)).toEqual(
      awsPlatform().broker.topics.map(({ name }) => name),
    );
    const namespace = recording.only('kubernetes:core/v1:Namespace');
    const platform = recording.only('event-platform:kubernetes:PlatformObjects');
    expect([...platform.dependencies, ...namespace.dependencies]).toEqual(
      expect.arrayContaining(topics.map(({ urn }) => urn)),
    );
  });

  it('gives each app the rights of its grants, and nobody else any on Kafka', async () => {
    const recording = await deploy();
    const policies = recording
      .ofType('aws:iam/rolePolicy:RolePolicy')
      .filter(({ inputs }) => (inputs.policy as string).includes('kafka-cluster:'));
    expect(policies.map(({ name }) => name.replace('aws-msk-kafka-', '')).sort()).toEqual([
      'analytics-aggregator',
      'dead-letter-processor',
      'exporter',
      'keda',
      'notification-sender',
      'producer',
      'task-processor',
    ]);
    const { Statement } = JSON.parse(
      policies.find(({ name }) => name.endsWith('task-processor'))!.inputs.policy as string,
    ) as { Statement: { Sid: string; Resource: string[] }[] };
    const names = Object.fromEntries(
      Statement.map(({ Sid, Resource }) => [Sid, Resource.map((arn) => arn.split('/').at(-1))]),
    );
    expect(names).toEqual({
      Connect: [expect.any(String)],
      Publish: ['task-created.task-processor.dlq'],
      Subscribe: ['task-created'],
      Groups: ['event-driven.task-processor'],
    });
  });

  it('gives identities to the very ServiceAccounts that manifests and operators have', async () => {
    const recording = await deploy();
    const accounts = recording
      .ofType('aws:eks/podIdentityAssociation:PodIdentityAssociation')
      .map(({ inputs }) => `${String(inputs.namespace)}/${String(inputs.serviceAccount)}`);
    const rendered = recording
      .ofType('kubernetes:core/v1:ServiceAccount')
      .map(({ name }) => name.replace('ServiceAccount/', ''));
    expect(accounts.sort()).toEqual(
      [
        ...rendered,
        'cluster-autoscaler/cluster-autoscaler',
        'external-secrets/external-secrets',
        'keda/keda-operator',
      ].sort(),
    );
  });

  it('has operators start when their pods have identities, and the platform after them', async () => {
    const recording = await deploy();
    const associations = recording
      .ofType('aws:eks/podIdentityAssociation:PodIdentityAssociation')
      .map(({ urn }) => urn);
    for (const release of recording.ofType('kubernetes:helm.sh/v3:Release')) {
      const operators = recording.only('event-platform:kubernetes:Operators');
      expect([...release.dependencies, ...operators.dependencies]).toEqual(
        expect.arrayContaining(associations),
      );
    }
    expect(recording.ofType('kubernetes:helm.sh/v3:Release').map(({ name }) => name)).toEqual([
      'cluster-autoscaler',
      'dapr',
      'external-secrets',
      'keda',
      'kube-prometheus-stack',
    ]);
  });

  it('keeps passwords out of Kubernetes objects, and secret in AWS', async () => {
    const recording = await deploy();
    expect(recording.ofType('kubernetes:core/v1:Secret')).toEqual([]);
    expect(
      recording
        .ofType('kubernetes:external-secrets.io/v1:ExternalSecret')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(
      awsPlatform().platform.secrets.map(({ name }) => `ExternalSecret/event-driven/${name}`),
    );
    const versions = recording.ofType('aws:secretsmanager/secretVersion:SecretVersion');
    expect(versions.map(({ secrets }) => secrets)).toEqual(versions.map(() => ['secretString']));
    expect(versions).toHaveLength(13);
    const logins = versions.map(
      ({ inputs }) => JSON.parse(inputs.secretString as string) as Record<string, string>,
    );
    // The master user is for the Job of the migrations alone: every app has another role.
    const apps = logins.filter(({ username }) => username?.startsWith('event_platform.'));
    expect(apps).toHaveLength(6);
    expect(logins.filter(({ username }) => username === 'event_platform')).toHaveLength(1);
    const open = recording.resources.filter(
      ({ inputs, secrets, custom }) =>
        custom && secrets.length === 0 && JSON.stringify(inputs).includes('open-sesame'),
    );
    expect(open.map(({ urn }) => urn)).toEqual([]);
  });

  it('makes the database and the role that the platform connects to', async () => {
    const recording = await deploy();
    expect(recording.only('aws:rds/instance:Instance').inputs).toMatchObject({
      dbName: 'event_platform',
      username: 'event_platform',
    });
  });

  it.each<[SizeName, number]>([
    ['dev', 0],
    ['staging', 0],
    ['production', 1],
  ])('%s keeps at least %i pods of each consumer', async (size, least) => {
    const recording = await deploy({ size }, `aws-msk-${size}`);
    const scalers = recording.ofType('kubernetes:keda.sh/v1alpha1:ScaledObject');
    expect(
      scalers.map(({ inputs }) => (inputs.spec as { minReplicaCount: number }).minReplicaCount),
    ).toEqual([least, least, least]);
  });

  it('has no name in common with another stack of the account', async () => {
    const names = await Promise.all([
      deploy().then(({ resources }) => physicalNames(resources)),
    ]).then(async ([first]) => [
      first,
      physicalNames((await deploy({}, 'aws-msk-blue')).resources),
    ]);
    const [first, second] = names as [string[], string[]];
    expect(first.length).toBeGreaterThan(5);
    expect(first.filter((name) => second.includes(name))).toEqual([]);
  });

  it('tags everything, and touches no other account than it is told', async () => {
    const recording = await deploy({ accountId: ACCOUNT });
    const provider = recording.only('pulumi:providers:aws');
    expect(JSON.parse(provider.inputs.defaultTags as string)).toEqual({
      tags: { project: 'cdk8s-event-platform', stack: 'aws-msk', environment: 'production' },
    });
    expect(JSON.parse(provider.inputs.allowedAccountIds as string)).toEqual([ACCOUNT]);
  });

  it('adds nodes to the groups of this cluster alone', async () => {
    const recording = await deploy();
    const { policy } = recording.only('aws:iam/rolePolicy:RolePolicy', 'aws-msk-node-autoscaler')
      .inputs as {
      policy: string;
    };
    const { Statement } = JSON.parse(policy) as { Statement: Record<string, unknown>[] };
    expect(Statement.at(-1)).toEqual({
      Sid: 'ChangeGroups',
      Effect: 'Allow',
      Action: ['autoscaling:SetDesiredCapacity', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
      Resource: [`arn:aws:autoscaling:${REGION}:${ACCOUNT}:autoScalingGroup:*`],
      Condition: {
        StringEquals: { 'aws:ResourceTag/k8s.io/cluster-autoscaler/aws-msk': 'owned' },
      },
    });
    expect(
      recording.only('kubernetes:helm.sh/v3:Release', 'cluster-autoscaler').inputs.values,
    ).toMatchObject({ awsRegion: REGION, autoDiscovery: { clusterName: 'aws-msk' } });
  });

  it('lets the deployer and each administrator in once, whatever their names', async () => {
    const arns = ['role/deployer', 'role/a/admin', 'user/admin'].map(
      (who) => `arn:aws:iam::${ACCOUNT}:${who}`,
    );
    const recording = await deploy({ administrators: arns.join(',') });
    expect(
      recording.ofType('aws:eks/accessEntry:AccessEntry').map(({ inputs }) => inputs.principalArn),
    ).toEqual(expect.arrayContaining(arns));
    expect(recording.ofType('aws:eks/accessEntry:AccessEntry')).toHaveLength(3);
  });

  it('has encrypted volumes by default before the operators that claim some', async () => {
    const recording = await deploy();
    const volumes = recording.only('kubernetes:storage.k8s.io/v1:StorageClass');
    expect(volumes.inputs).toMatchObject({
      metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      parameters: { type: 'gp3', encrypted: 'true' },
    });
    const operators = recording.only('event-platform:kubernetes:Operators');
    const dapr = recording.only('kubernetes:helm.sh/v3:Release', 'dapr');
    expect([...operators.dependencies, ...dapr.dependencies]).toContain(volumes.urn);
  });

  it('has a password of its own for Grafana', async () => {
    const recording = await deploy();
    const { inputs, secrets } = recording.only(
      'kubernetes:helm.sh/v3:Release',
      'kube-prometheus-stack',
    );
    expect(inputs.values).toMatchObject({ grafana: { adminPassword: 'open-sesame' } });
    expect(secrets).toContain('values.grafana.adminPassword');
  });

  it('has consumers prefer spot nodes, and nothing else', async () => {
    const recording = await deploy();
    const preferring = recording
      .ofType('kubernetes:apps/v1:Deployment')
      .filter(({ inputs }) => JSON.stringify(inputs).includes('"values":["SPOT"]'))
      .map(({ name }) => name.split('/').at(-1));
    expect(preferring.sort()).toEqual([
      'analytics-aggregator',
      'notification-sender',
      'task-processor',
    ]);
  });

  it.each([
    [{ size: 'huge' }, "'size' (how large everything is, and how well guarded) is 'huge'"],
    [
      { region: 'Frankfurt' },
      "'region' (AWS region, with three availability zones) is 'Frankfurt'",
    ],
    [{ region: 'xx-nowhere-1' }, "no certificate of RDS is known for region 'xx-nowhere-1'"],
    [{ region: 'cn-north-1' }, "'region' is 'cn-north-1', which is in another partition of AWS"],
    [{ vpcCidr: '8.8.0.0/16' }, "cidrBlock '8.8.0.0/16' is not a private range"],
    [{ imageTag: 'latest' }, "'imageTag' (tag of the images that are built"],
    [{ publicAccessCidrs: '203.0.113.7/32', privateApi: 'true' }, 'remove one of them'],
    [{ publicAccessCidrs: '0.0.0.0/0' }, 'which is no range or is everybody'],
    [{ administrators: 'me' }, "'administrators' (roles that may do everything"],
  ])('refuses %j', async (config, message) => {
    await expect(deploy(config as Record<string, string>)).rejects.toThrow(message);
  });

  it.each(['Blue', 'aws_msk', 'a--b', '1st', 'a-stack-with-a-name-too-long'])(
    'refuses the name %s, which AWS would refuse for a database or an image',
    async (stack) => {
      await expect(deploy({}, stack)).rejects.toThrow(
        `the stack's name '${stack}' cannot start names of AWS: use at most 26 lower-case letters`,
      );
    },
  );
});
