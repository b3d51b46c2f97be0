import type { RecordOptions } from './recording.ts';

/** Number of an AWS account that documentation uses. */
export const ACCOUNT = '111122223333';
/** Region of everything in tests. */
export const REGION = 'eu-central-1';
/** What the mocks call the MSK cluster. */
export const KAFKA_ARN = `arn:aws:kafka:${REGION}:${ACCOUNT}:cluster/kafka/6b1c-4`;

/** What providers add to some types, besides an ARN and a name. */
const ADDED: Readonly<Record<string, Record<string, unknown>>> = {
  'aws:msk/cluster:Cluster': {
    arn: KAFKA_ARN,
    bootstrapBrokersSaslIam: 'b-1.kafka.example:9098,b-2.kafka.example:9098,b-3.kafka.example:9098',
  },
  'aws:msk/configuration:Configuration': { latestRevision: 1 },
  'aws:eks/cluster:Cluster': {
    endpoint: 'https://cluster.example',
    certificateAuthority: { data: 'QQ==' },
  },
  'aws:ec2/launchTemplate:LaunchTemplate': { latestVersion: 3 },
  'aws:ecr/repository:Repository': { registryId: ACCOUNT },
  'aws:rds/instance:Instance': { address: 'db.example' },
  'aws:elasticache/replicationGroup:ReplicationGroup': { primaryEndpointAddress: 'cache.example' },
  'random:index/randomPassword:RandomPassword': { result: 'open-sesame' },
  'random:index/randomId:RandomId': { hex: 'c0ffee00' },
  'docker-build:index:Image': { digest: 'sha256:abc', contextHash: 'abc' },
};

/** What mocks answer in place of AWS, Docker and kind: just enough for programs to go on. */
export const ANSWERS: Required<Pick<RecordOptions, 'outputs' | 'call'>> = {
  outputs: ({ type, name, inputs }) => {
    const given = typeof inputs.name === 'string' ? inputs.name : `${name}-1234567`;
    const [, service] = type.split(/[:/]/);
    return {
      arn: `arn:aws:${service}:${REGION}:${ACCOUNT}:${name}`,
      name: given,
      ...(type === 'aws:ecr/repository:Repository' && {
        repositoryUrl: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${given}`,
      }),
      ...(type === 'docker-build:index:Image' && {
        ref: `${(inputs.tags as string[])[0]!}@sha256:abc`,
      }),
      ...(type === 'aws:eks/cluster:Cluster' && {
        vpcConfig: { ...(inputs.vpcConfig as object), clusterSecurityGroupId: 'sg-nodes' },
      }),
      ...(type === 'command:local:Command' && {
        stdout: name.endsWith('-load') ? `${name.replace('-load', '')}:0123456789ab` : 'KUBECONFIG',
      }),
      ...ADDED[type],
    };
  },
  call: (token, inputs) =>
    token === 'aws:index/getAvailabilityZones:getAvailabilityZones'
      ? { ...inputs, names: ['a', 'b', 'c', 'd'].map((zone) => `${REGION}${zone}`) }
      : token === 'aws:index/getCallerIdentity:getCallerIdentity'
        ? { ...inputs, accountId: ACCOUNT, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/me` }
        : token === 'aws:iam/getSessionContext:getSessionContext'
          ? { ...inputs, issuerArn: `arn:aws:iam::${ACCOUNT}:role/deployer` }
          : token === 'aws:ecr/getAuthorizationToken:getAuthorizationToken'
            ? { ...inputs, userName: 'AWS', password: 'token-of-ecr' }
            : inputs,
};

/** How a stack on AWS sends mail, which only its owner knows. */
export const MAIL_SETTINGS = {
  mailHost: 'smtp.example.com',
  mailFrom: 'tasks@example.com',
  mailTo: '{recipient}@example.com',
  mailUser: 'tasks',
  mailPassword: 'open-sesame-mail',
};

/** Settings of a stack on AWS that only the deployer knows. */
export const OWN_SETTINGS = { ...MAIL_SETTINGS, publicAccessCidrs: '203.0.113.7/32' };
