import { IAM_RULE } from './aws-iam.ts';
import { at, items, requiring, type Rule } from './rule.ts';

const EVERYBODY = ['0.0.0.0/0', '::/0'];
const DATABASE = 'aws:rds/instance:Instance';
const CACHE = 'aws:elasticache/replicationGroup:ReplicationGroup';
const BROKERS = 'aws:msk/cluster:Cluster';
const CLUSTER = 'aws:eks/cluster:Cluster';
const TEMPLATE = 'aws:ec2/launchTemplate:LaunchTemplate';
const isProduction = (props: unknown) => at(props, 'tags', 'environment') === 'production';

const AT_REST: Rule = {
  name: 'aws-encrypted-at-rest',
  description: 'Data and logs are encrypted where they lie, with keys of our own',
  check: requiring({
    [DATABASE]: [
      [(props) => props.storageEncrypted === true, 'is not encrypted: set storageEncrypted'],
      [(props) => props.kmsKeyId !== undefined, 'has the key of AWS: set kmsKeyId'],
    ],
    [CACHE]: [
      [
        (props) => props.atRestEncryptionEnabled === true,
        'is not encrypted at rest: set atRestEncryptionEnabled',
      ],
      [(props) => props.kmsKeyId !== undefined, 'has the key of AWS: set kmsKeyId'],
    ],
    [BROKERS]: [
      [
        (props) => at(props, 'encryptionInfo', 'encryptionAtRestKmsKeyArn') !== undefined,
        'has the key of AWS: set encryptionInfo.encryptionAtRestKmsKeyArn',
      ],
    ],
    [CLUSTER]: [
      [
        (props) => items(at(props, 'encryptionConfig', 'resources')).includes('secrets'),
        "keeps Secrets readable: set encryptionConfig with the resource 'secrets'",
      ],
    ],
    [TEMPLATE]: [
      [
        (props) => {
          const disks = items(props.blockDeviceMappings);
          return disks.length > 0 && disks.every((disk) => at(disk, 'ebs', 'encrypted') === 'true');
        },
        "has disks that are not encrypted: set ebs.encrypted to 'true' in blockDeviceMappings",
      ],
    ],
    'aws:secretsmanager/secret:Secret': [
      [(props) => props.kmsKeyId !== undefined, 'has the key of AWS: set kmsKeyId'],
    ],
    'aws:cloudwatch/logGroup:LogGroup': [
      [(props) => props.kmsKeyId !== undefined, 'has the key of AWS: set kmsKeyId'],
    ],
    'aws:ecr/repository:Repository': [
      [
        (props) => items(props.encryptionConfigurations).length > 0,
        'does not say how it is encrypted: set encryptionConfigurations',
      ],
    ],
    'aws:ebs/volume:Volume': [
      [(props) => props.encrypted === true, 'is not encrypted: set encrypted'],
    ],
    'aws:kms/key:Key': [
      [(props) => props.enableKeyRotation === true, 'is never renewed: set enableKeyRotation'],
    ],
  }),
};

const IN_TRANSIT: Rule = {
  name: 'aws-encrypted-in-transit',
  description: 'Connections to data use TLS',
  check: requiring({
    [BROKERS]: [
      [
        (props) =>
          at(props, 'encryptionInfo', 'encryptionInTransit', 'clientBroker') === 'TLS' &&
          at(props, 'encryptionInfo', 'encryptionInTransit', 'inCluster') !== false,
        "takes connections without TLS: set encryptionInTransit to clientBroker 'TLS' and inCluster true",
      ],
    ],
    [CACHE]: [
      [
        (props) =>
          props.transitEncryptionEnabled === true && props.transitEncryptionMode !== 'preferred',
        "takes connections without TLS: set transitEncryptionEnabled, and transitEncryptionMode 'required'",
      ],
    ],
    'aws:rds/parameterGroup:ParameterGroup': [
      [
        (props) =>
          !String(props.family).startsWith('postgres') ||
          items(props.parameters).some(
            (parameter) =>
              at(parameter, 'name') === 'rds.force_ssl' && at(parameter, 'value') === '1',
          ),
        "takes connections without TLS: set the parameter 'rds.force_ssl' to '1'",
      ],
    ],
  }),
};

const NOT_PUBLIC: Rule = {
  name: 'aws-not-public',
  description: 'Databases, caches, brokers and control planes are out of reach from outside',
  check: requiring({
    [DATABASE]: [
      [
        (props) => props.publiclyAccessible !== true,
        'has a public address: set publiclyAccessible to false',
      ],
      [
        (props) => props.dbSubnetGroupName !== undefined,
        'is in the default network: set dbSubnetGroupName',
      ],
    ],
    [CACHE]: [
      [
        (props) => props.subnetGroupName !== undefined,
        'is in the default network: set subnetGroupName',
      ],
      [
        (props) => props.authToken !== undefined || items(props.userGroupIds).length > 0,
        'lets everybody log in: set authToken or userGroupIds',
      ],
    ],
    [BROKERS]: [
      [
        (props) => {
          const access = at(
            props,
            'brokerNodeGroupInfo',
            'connectivityInfo',
            'publicAccess',
            'type',
          );
          return access === undefined || access === 'DISABLED';
        },
        "has public addresses: set publicAccess to 'DISABLED'",
      ],
      [
        (props) =>
          props.clientAuthentication !== undefined &&
          at(props, 'clientAuthentication', 'unauthenticated') !== true,
        'lets everybody log in: set clientAuthentication, with unauthenticated false',
      ],
    ],
    [CLUSTER]: [
      [
        (props) =>
          at(props, 'vpcConfig', 'endpointPublicAccess') === false ||
          (items(at(props, 'vpcConfig', 'publicAccessCidrs')).length > 0 &&
            !items(at(props, 'vpcConfig', 'publicAccessCidrs')).some((cidr) =>
              EVERYBODY.includes(String(cidr)),
            )),
        'is reached from everywhere: set publicAccessCidrs, or endpointPublicAccess to false',
      ],
    ],
    'aws:ec2/subnet:Subnet': [
      [
        (props) => props.mapPublicIpOnLaunch !== true,
        'gives public addresses to all in it: set mapPublicIpOnLaunch to false',
      ],
    ],
  }),
};

/** Ranges and ports of one rule, whatever the resource calls them. */
function openPorts(rule: unknown): string[] {
  const ranges = [
    at(rule, 'cidrIpv4'),
    at(rule, 'cidrIpv6'),
    ...items(at(rule, 'cidrBlocks')),
    ...items(at(rule, 'ipv6CidrBlocks')),
  ];
  const [from, to] = [at(rule, 'fromPort'), at(rule, 'toPort')];
  const https = from === 443 && to === 443;
  return https || !ranges.some((range) => EVERYBODY.includes(String(range)))
    ? []
    : [
        `lets everybody in on ports ${String(from)} to ${String(to)}: name a security group or a range instead; only 443 may be open`,
      ];
}

const INGRESS: Rule = {
  name: 'aws-no-ingress-from-everywhere',
  description: 'Nothing but port 443 is open to everybody',
  check: ({ type, props }) => {
    switch (type) {
      case 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule':
        return openPorts(props);
      case 'aws:ec2/securityGroupRule:SecurityGroupRule':
        return props.type === 'ingress' ? openPorts(props) : [];
      case 'aws:ec2/securityGroup:SecurityGroup':
      case 'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup':
        return items(props.ingress).flatMap(openPorts);
      default:
        return [];
    }
  },
};

const METADATA: Rule = {
  name: 'aws-metadata-needs-a-token',
  description: 'The identity of an instance is not handed to anyone who can make it send a request',
  check: ({ type, props }) =>
    ['aws:ec2/instance:Instance', TEMPLATE].includes(type) &&
    at(props, 'metadataOptions', 'httpTokens') !== 'required'
      ? ["answers without a token: set metadataOptions.httpTokens to 'required'"]
      : [],
};

const PRODUCTION_REQUIREMENTS = requiring({
  [DATABASE]: [
    [(props) => props.deletionProtection === true, 'can be deleted: set deletionProtection'],
    [
      (props) => props.skipFinalSnapshot !== true,
      'leaves nothing behind when it is deleted: set finalSnapshotIdentifier, and skipFinalSnapshot to false',
    ],
    [
      (props) => Number(props.backupRetentionPeriod) >= 7,
      'can be restored to less than 7 days ago: set backupRetentionPeriod to 7 or more',
    ],
    [(props) => props.multiAz === true, 'is in one zone: set multiAz'],
  ],
  [CACHE]: [
    [
      (props) => Number(props.snapshotRetentionLimit) >= 7,
      'keeps snapshots for less than 7 days: set snapshotRetentionLimit to 7 or more',
    ],
    [(props) => props.multiAzEnabled === true, 'is in one zone: set multiAzEnabled'],
  ],
  [CLUSTER]: [
    [(props) => props.deletionProtection === true, 'can be deleted: set deletionProtection'],
  ],
  'aws:secretsmanager/secret:Secret': [
    [
      (props) => Number(props.recoveryWindowInDays) >= 7,
      'is gone at once when it is deleted: set recoveryWindowInDays to 7 or more',
    ],
  ],
  'aws:ecr/repository:Repository': [
    [(props) => props.forceDelete !== true, 'is deleted with its images: set forceDelete to false'],
  ],
});

const PRODUCTION: Rule = {
  name: 'aws-production-is-guarded',
  description: 'In production, data cannot be deleted by mistake, and can be restored',
  check: (resource) => (isProduction(resource.props) ? PRODUCTION_REQUIREMENTS(resource) : []),
};

const TAGS = ['environment', 'project', 'stack'];

/** Types that AWS has no tags for. */
export const UNTAGGABLE: ReadonlySet<string> = new Set([
  'aws:appautoscaling/policy:Policy',
  'aws:ec2/route:Route',
  'aws:ec2/routeTableAssociation:RouteTableAssociation',
  'aws:ecr/lifecyclePolicy:LifecyclePolicy',
  'aws:eks/accessPolicyAssociation:AccessPolicyAssociation',
  'aws:iam/rolePolicy:RolePolicy',
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
  'aws:kms/alias:Alias',
  'aws:msk/configuration:Configuration',
  'aws:msk/topic:Topic',
  'aws:secretsmanager/secretVersion:SecretVersion',
]);

const TAGGED: Rule = {
  name: 'aws-tagged',
  description: 'What costs money says whose it is',
  check: ({ type, props }) => {
    if (!type.startsWith('aws:') || UNTAGGABLE.has(type)) {
      return [];
    }
    const missing = TAGS.filter((tag) => !at(props, 'tags', tag));
    return missing.length === 0
      ? []
      : [`lacks the tags ${missing.join(', ')}: use the provider with defaultTags`];
  },
};

/** Rules for resources of AWS. */
export const AWS_RULES: readonly Rule[] = [
  AT_REST,
  IN_TRANSIT,
  NOT_PUBLIC,
  INGRESS,
  IAM_RULE,
  METADATA,
  PRODUCTION,
  TAGGED,
];
