// AWS takes no part: this shows what is asked for, not what AWS makes of it.
import { describe, expect, it } from 'vitest';
import { ANSWERS, KAFKA_ARN } from '../testing/answers.ts';
import { record } from '../testing/recording.ts';
import { KafkaIdentities, type KafkaIdentitiesArgs, secretReaderStatements } from './identities.ts';
import { kafkaStatements, lagStatements, longestClusterArn } from './kafka-statements.ts';
import { policyDocument, policySize, type PolicyStatement } from './policy-document.ts';
import { IAM_LIMITS, policyParts } from './policy-parts.ts';

const CLUSTER = { name: 'blue', arn: 'arn:aws:eks:eu-central-1:111122223333:cluster/blue' };
const WORKER = {
  app: 'worker',
  publish: ['done'],
  subscribe: [{ topic: 'created', group: 'events.worker' }],
};
const ARGS: KafkaIdentitiesArgs = {
  cluster: CLUSTER,
  kafkaArn: KAFKA_ARN,
  longestKafkaArn: longestClusterArn('blue', 'eu-central-1'),
  namespace: 'events',
  apps: [WORKER, { app: 'api', publish: ['created'], subscribe: [] }],
  watchers: { keda: { namespace: 'keda', name: 'keda-operator' } },
};
const made = (args: Partial<KafkaIdentitiesArgs> = {}) =>
  record(() => new KafkaIdentities('blue', { ...ARGS, ...args }), ANSWERS);

describe('KafkaIdentities', () => {
  it('gives each app a role of its own with its grants', async () => {
    const { only, ofType, result } = await made();
    expect([...result.roleArns.keys()]).toEqual(['worker', 'api', 'keda']);
    expect(ofType('aws:iam/role:Role')).toHaveLength(3);
    expect(only('aws:iam/rolePolicy:RolePolicy', 'blue-worker').inputs.policy).toBe(
      policyDocument(kafkaStatements(WORKER, KAFKA_ARN)),
    );
  });

  it('lets only pods of that ServiceAccount, namespace and cluster take it on', async () => {
    const { only } = await made();
    const role = only('aws:iam/role:Role', 'blue-worker');
    expect(JSON.parse(role.inputs.assumeRolePolicy as string)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'TakeOn',
          Effect: 'Allow',
          Principal: { Service: 'pods.eks.amazonaws.com' },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          Condition: {
            StringEquals: {
              'aws:RequestTag/eks-cluster-arn': CLUSTER.arn,
              'aws:RequestTag/kubernetes-namespace': 'events',
              'aws:RequestTag/kubernetes-service-account': 'worker',
            },
          },
        },
      ],
    });
    const association = only(
      'aws:eks/podIdentityAssociation:PodIdentityAssociation',
      'blue-worker',
    );
    expect(association.inputs).toMatchObject({
      clusterName: 'blue',
      namespace: 'events',
      serviceAccount: 'worker',
      roleArn: 'arn:aws:iam:eu-central-1:111122223333:blue-worker',
    });
    // A pod that starts with the role before its policy would be refused by the brokers.
    expect(association.dependencies).toContain(
      only('aws:iam/rolePolicy:RolePolicy', 'blue-worker').urn,
    );
  });

  it('lets KEDA see all topics and groups, and read none', async () => {
    const { only } = await made();
    expect(only('aws:iam/rolePolicy:RolePolicy', 'blue-keda').inputs.policy).toBe(
      policyDocument(lagStatements(KAFKA_ARN)),
    );
    expect(
      only('aws:eks/podIdentityAssociation:PodIdentityAssociation', 'blue-keda').inputs,
    ).toMatchObject({ namespace: 'keda', serviceAccount: 'keda-operator' });
  });

  it('spreads the rights of an app with hundreds of topics over several policies', async () => {
    const publish = Array.from({ length: 400 }, (_, index) => `topic-number-${index}.dlq`);
    const { ofType, only } = await made({ apps: [{ ...WORKER, publish }] });
    const policies = ofType('aws:iam/policy:Policy');
    expect(policies.length).toBeGreaterThan(3);
    expect(policies.length).toBeLessThanOrEqual(IAM_LIMITS.attached);
    const documents = policies.map(({ inputs }) => inputs.policy as string);
    for (const document of documents) {
      expect(policySize(document)).toBeLessThanOrEqual(IAM_LIMITS.managed);
    }
    const granted = documents.flatMap(
      (document) => (JSON.parse(document) as { Statement: PolicyStatement[] }).Statement,
    );
    const rights = (statements: readonly PolicyStatement[]) =>
      statements
        .flatMap(({ Action, Resource }) =>
          (Resource as string[]).map((arn) => `${Action.join()} ${arn}`),
        )
        .sort();
    expect(rights(granted)).toEqual(rights(kafkaStatements({ ...WORKER, publish }, KAFKA_ARN)));

    const attachments = ofType('aws:iam/rolePolicyAttachment:RolePolicyAttachment');
    expect(attachments.map(({ inputs }) => inputs.policyArn)).toEqual(
      policies.map(({ name }) => `arn:aws:iam:eu-central-1:111122223333:${name}`),
    );
    // Brokers would refuse a pod that starts before all of them.
    expect(
      only('aws:eks/podIdentityAssociation:PodIdentityAssociation', 'blue-worker').dependencies,
    ).toEqual(expect.arrayContaining(attachments.map(({ urn }) => urn)));
    expect(ofType('aws:iam/rolePolicy:RolePolicy').map(({ name }) => name)).toEqual(['blue-keda']);
  });

  it('refuses more than a role takes, before anything is made', async () => {
    const publish = Array.from({ length: 550 }, (_, index) => `topic-number-${index}`);
    await expect(made({ apps: [{ ...WORKER, publish }] })).rejects.toThrow(
      /^the IAM policies of 'blue-worker' have \d+ characters in \d+ policies, and a role takes 10 of 6144 characters: divide its grants/,
    );
  });

  it('gives KEDA a policy that does not grow with the number of apps', async () => {
    const apps = Array.from({ length: 200 }, (_, index) => ({
      app: `app-${index}`,
      publish: [`topic-${index}`],
      subscribe: [{ topic: `topic-${index}`, group: `events.app-${index}` }],
    }));
    const { only } = await made({ apps });
    const { policy } = only('aws:iam/rolePolicy:RolePolicy', 'blue-keda').inputs;
    expect(policySize(policy as string)).toBeLessThan(1000);
  });

  it('refuses two identities for one app', async () => {
    await expect(made({ apps: [WORKER, WORKER] })).rejects.toThrow(
      "'worker' gets an identity twice: put all its grants in one",
    );
  });

  it('gives the identity of an app to the ServiceAccount that its pods run as', async () => {
    const { only } = await made({ apps: [{ ...WORKER, serviceAccount: 'made-by-others' }] });
    expect(
      only('aws:eks/podIdentityAssociation:PodIdentityAssociation', 'blue-worker').inputs,
    ).toMatchObject({ namespace: 'events', serviceAccount: 'made-by-others' });
  });

  it('refuses one ServiceAccount for two apps, whose rights would differ', async () => {
    const other = { app: 'api', publish: [], subscribe: [], serviceAccount: 'worker' };
    await expect(made({ apps: [WORKER, other] })).rejects.toThrow(
      "apps 'worker' and 'api' share ServiceAccount 'worker', which has one AWS identity: give each app a ServiceAccount of its own",
    );
  });

  it('refuses patterns', async () => {
    await expect(made({ apps: [{ ...WORKER, publish: ['*'] }] })).rejects.toThrow(
      "topic '*' cannot be granted",
    );
  });

  it('refuses names that IAM would', async () => {
    const app = 'a'.repeat(60);
    await expect(made({ apps: [{ ...WORKER, app }] })).rejects.toThrow(
      `'blue-${app}' has 65 characters, and the name of a role may have 56`,
    );
  });
});

describe('secretReaderStatements', () => {
  it('lets read these secrets with their key, by way of Secrets Manager', () => {
    expect(secretReaderStatements(['b', 'a'], 'key', 'eu-central-1')).toEqual([
      {
        Sid: 'ReadSecrets',
        Effect: 'Allow',
        Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
        Resource: ['a', 'b'],
      },
      {
        Sid: 'DecryptSecrets',
        Effect: 'Allow',
        Action: ['kms:Decrypt'],
        Resource: ['key'],
        Condition: {
          StringEquals: { 'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com' },
        },
      },
    ]);
  });

  it('fit into the policies of a role for 500 secrets, and not for 700', () => {
    const parts = (count: number) => {
      const arn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:blue-worker-database';
      const arns = Array.from({ length: count }, (_, index) => `${arn}-${index}-1234567-AbCdEf`);
      return policyParts('it', secretReaderStatements(arns, 'key', 'eu-central-1'));
    };
    expect(parts(500)?.length).toBeLessThanOrEqual(IAM_LIMITS.attached);
    expect(() => parts(700)).toThrow(/and a role takes 10 of 6144 characters/);
  });

  it('refuses to allow nothing, which IAM does not take', () => {
    expect(() => secretReaderStatements([], 'key', 'eu-central-1')).toThrow(
      'there are no secrets to read',
    );
  });
});
