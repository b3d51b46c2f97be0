// AWS takes no part: rules are asked about what a program would ask for.
import { describe, expect, it } from 'vitest';
import { AWS_RULES } from './aws.ts';

type Props = Record<string, unknown>;

const DATABASE = 'aws:rds/instance:Instance';
const CACHE = 'aws:elasticache/replicationGroup:ReplicationGroup';
const BROKERS = 'aws:msk/cluster:Cluster';
const CLUSTER = 'aws:eks/cluster:Cluster';
const TEMPLATE = 'aws:ec2/launchTemplate:LaunchTemplate';
const SECRET = 'aws:secretsmanager/secret:Secret';
const REPOSITORY = 'aws:ecr/repository:Repository';
const INGRESS = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';
const POLICY = 'aws:iam/rolePolicy:RolePolicy';

const tags = { environment: 'production', project: 'p', stack: 's' };
/** For each type, what keeps all rules. */
const GOOD: Record<string, Props> = {
  [DATABASE]: {
    storageEncrypted: true,
    kmsKeyId: 'key',
    publiclyAccessible: false,
    dbSubnetGroupName: 'g',
    deletionProtection: true,
    skipFinalSnapshot: false,
    backupRetentionPeriod: 7,
    multiAz: true,
  },
  [CACHE]: {
    atRestEncryptionEnabled: true,
    kmsKeyId: 'key',
    transitEncryptionEnabled: true,
    transitEncryptionMode: 'required',
    subnetGroupName: 'g',
    authToken: 't',
    snapshotRetentionLimit: 7,
    multiAzEnabled: true,
  },
  [BROKERS]: {
    encryptionInfo: {
      encryptionAtRestKmsKeyArn: 'key',
      encryptionInTransit: { clientBroker: 'TLS', inCluster: true },
    },
    clientAuthentication: { sasl: { iam: true } },
  },
  [CLUSTER]: {
    encryptionConfig: { resources: ['secrets'] },
    vpcConfig: { endpointPublicAccess: false },
    deletionProtection: true,
  },
  [TEMPLATE]: {
    blockDeviceMappings: [{ ebs: { encrypted: 'true' } }],
    metadataOptions: { httpTokens: 'required' },
  },
  [SECRET]: { kmsKeyId: 'key', recoveryWindowInDays: 30 },
  [REPOSITORY]: { encryptionConfigurations: [{ encryptionType: 'AES256' }] },
  [INGRESS]: { referencedSecurityGroupId: 'sg', fromPort: 5432, toPort: 5432 },
  'aws:ec2/securityGroup:SecurityGroup': {},
  'aws:ec2/securityGroupRule:SecurityGroupRule': {
    type: 'egress',
    cidrBlocks: ['0.0.0.0/0'],
    fromPort: 0,
    toPort: 0,
  },
  'aws:ec2/subnet:Subnet': { mapPublicIpOnLaunch: false },
  'aws:ec2/instance:Instance': { metadataOptions: { httpTokens: 'required' } },
  'aws:ebs/volume:Volume': { encrypted: true },
  'aws:kms/key:Key': { enableKeyRotation: true },
  'aws:cloudwatch/logGroup:LogGroup': { kmsKeyId: 'key' },
  'aws:rds/parameterGroup:ParameterGroup': {
    family: 'postgres18',
    parameters: [{ name: 'rds.force_ssl', value: '1' }],
  },
  [POLICY]: {
    policy: JSON.stringify({
      Statement: [
        { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::b/*'] },
        { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
        { Effect: 'Deny', Action: '*', Resource: '*' },
      ],
    }),
  },
  'aws:iam/role:Role': {},
};

const check = (type: string, props: Props) =>
  AWS_RULES.flatMap((rule) =>
    rule.check({ type, name: 'it', props }).map((found) => `${rule.name} ${found}`),
  );
const allowing = (statement: Props) => ({
  policy: JSON.stringify({ Statement: { Effect: 'Allow', ...statement } }),
});

describe('AWS_RULES', () => {
  it.each(Object.entries(GOOD))('find nothing wrong with a good %s', (type, props) => {
    expect(check(type, { tags, ...props })).toEqual([]);
  });

  it.each<[string, Props, string]>([
    [DATABASE, { storageEncrypted: false }, 'aws-encrypted-at-rest is not encrypted'],
    [DATABASE, { kmsKeyId: undefined }, 'aws-encrypted-at-rest has the key of AWS'],
    [DATABASE, { publiclyAccessible: true }, 'aws-not-public has a public address'],
    [DATABASE, { dbSubnetGroupName: undefined }, 'aws-not-public is in the default network'],
    [DATABASE, { deletionProtection: false }, 'aws-production-is-guarded can be deleted'],
    [DATABASE, { skipFinalSnapshot: true }, 'aws-production-is-guarded leaves nothing behind'],
    [DATABASE, { backupRetentionPeriod: 6 }, 'aws-production-is-guarded can be restored to less'],
    [DATABASE, { backupRetentionPeriod: undefined }, 'aws-production-is-guarded can be restored'],
    [DATABASE, { multiAz: false }, 'aws-production-is-guarded is in one zone'],
    [CACHE, { atRestEncryptionEnabled: false }, 'aws-encrypted-at-rest is not encrypted at rest'],
    [CACHE, { kmsKeyId: undefined }, 'aws-encrypted-at-rest has the key of AWS'],
    [CACHE, { transitEncryptionEnabled: false }, 'aws-encrypted-in-transit takes connections'],
    [CACHE, { transitEncryptionMode: 'preferred' }, 'aws-encrypted-in-transit takes connections'],
    [CACHE, { subnetGroupName: undefined }, 'aws-not-public is in the default network'],
    [CACHE, { authToken: undefined }, 'aws-not-public lets everybody log in'],
    [CACHE, { snapshotRetentionLimit: 1 }, 'aws-production-is-guarded keeps snapshots for less'],
    [CACHE, { multiAzEnabled: false }, 'aws-production-is-guarded is in one zone'],
    [
      BROKERS,
      { encryptionInfo: { encryptionInTransit: { clientBroker: 'TLS' } } },
      'aws-encrypted-at-rest has the key of AWS',
    ],
    [
      BROKERS,
      {
        encryptionInfo: {
          encryptionAtRestKmsKeyArn: 'key',
          encryptionInTransit: { clientBroker: 'TLS_PLAINTEXT' },
        },
      },
      'aws-encrypted-in-transit takes connections without TLS',
    ],
    [
      BROKERS,
      {
        brokerNodeGroupInfo: {
          connectivityInfo: { publicAccess: { type: 'SERVICE_PROVIDED_EIPS' } },
        },
      },
      'aws-not-public has public addresses',
    ],
    [BROKERS, { clientAuthentication: undefined }, 'aws-not-public lets everybody log in'],
    [
      BROKERS,
      { clientAuthentication: { unauthenticated: true } },
      'aws-not-public lets everybody log in',
    ],
    [CLUSTER, { encryptionConfig: undefined }, 'aws-encrypted-at-rest keeps Secrets readable'],
    [CLUSTER, { vpcConfig: {} }, 'aws-not-public is reached from everywhere'],
    [
      CLUSTER,
      { vpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ['0.0.0.0/0'] } },
      'aws-not-public is reached from everywhere',
    ],
    [CLUSTER, { deletionProtection: undefined }, 'aws-production-is-guarded can be deleted'],
    [TEMPLATE, { blockDeviceMappings: [] }, 'aws-encrypted-at-rest has disks that are not'],
    [
      TEMPLATE,
      { blockDeviceMappings: [{ ebs: {} }] },
      'aws-encrypted-at-rest has disks that are not encrypted',
    ],
    [TEMPLATE, { metadataOptions: {} }, 'aws-metadata-needs-a-token answers without a token'],
    [
      'aws:ec2/instance:Instance',
      { metadataOptions: { httpTokens: 'optional' } },
      'aws-metadata-needs-a-token answers without a token',
    ],
    [SECRET, { kmsKeyId: undefined }, 'aws-encrypted-at-rest has the key of AWS'],
    [SECRET, { recoveryWindowInDays: 0 }, 'aws-production-is-guarded is gone at once'],
    [REPOSITORY, { encryptionConfigurations: [] }, 'aws-encrypted-at-rest does not say'],
    [REPOSITORY, { forceDelete: true }, 'aws-production-is-guarded is deleted with its images'],
    ['aws:ebs/volume:Volume', { encrypted: false }, 'aws-encrypted-at-rest is not encrypted'],
    ['aws:kms/key:Key', { enableKeyRotation: false }, 'aws-encrypted-at-rest is never renewed'],
    [
      'aws:cloudwatch/logGroup:LogGroup',
      { kmsKeyId: undefined },
      'aws-encrypted-at-rest has the key of AWS',
    ],
    [
      'aws:rds/parameterGroup:ParameterGroup',
      { parameters: [{ name: 'rds.force_ssl', value: '0' }] },
      'aws-encrypted-in-transit takes connections without TLS',
    ],
    ['aws:ec2/subnet:Subnet', { mapPublicIpOnLaunch: true }, 'aws-not-public gives public'],
    [INGRESS, { cidrIpv4: '0.0.0.0/0' }, 'aws-no-ingress-from-everywhere lets everybody in'],
    [
      INGRESS,
      { cidrIpv6: '::/0', fromPort: 443, toPort: 444 },
      'aws-no-ingress-from-everywhere lets everybody in on ports 443 to 444',
    ],
    [
      'aws:ec2/securityGroupRule:SecurityGroupRule',
      { type: 'ingress' },
      'aws-no-ingress-from-everywhere lets everybody in on ports 0 to 0',
    ],
    [
      'aws:ec2/securityGroup:SecurityGroup',
      { ingress: [{ cidrBlocks: ['10.0.0.0/8', '0.0.0.0/0'], fromPort: 22, toPort: 22 }] },
      'aws-no-ingress-from-everywhere lets everybody in on ports 22 to 22',
    ],
    [
      POLICY,
      allowing({ Action: '*', Resource: 'arn' }),
      "aws-least-privilege allows the actions '*'",
    ],
    [
      POLICY,
      allowing({ Action: ['s3:*'], Resource: 'arn' }),
      "aws-least-privilege allows the actions 's3:*'",
    ],
    [
      POLICY,
      allowing({ Action: ['s3:GetObject'], Resource: ['*'] }),
      'aws-least-privilege allows s3:GetObject on everything',
    ],
    [
      POLICY,
      allowing({ NotAction: ['s3:GetObject'], Resource: 'arn' }),
      'aws-least-privilege allows all but some',
    ],
    [
      'aws:iam/role:Role',
      { inlinePolicies: [allowing({ Action: ['s3:GetObject'], Resource: '*' })] },
      'aws-least-privilege allows s3:GetObject on everything',
    ],
    [SECRET, { tags: { ...tags, stack: '' } }, 'aws-tagged lacks the tags stack'],
  ])('find what is wrong with %s %j', (type, change, finding) => {
    const found = check(type, { tags, ...GOOD[type], ...change });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(finding);
  });

  it('let everybody in on 443 alone', () => {
    expect(check(INGRESS, { tags, cidrIpv4: '0.0.0.0/0', fromPort: 443, toPort: 443 })).toEqual([]);
  });

  it('ask less outside of production', () => {
    const dev = { ...GOOD[DATABASE], multiAz: false, deletionProtection: false };
    expect(check(DATABASE, { ...dev, tags: { ...tags, environment: 'dev' } })).toEqual([]);
  });

  it('have each a name of its own', () => {
    expect(new Set(AWS_RULES.map(({ name }) => name)).size).toBe(AWS_RULES.length);
  });
});
