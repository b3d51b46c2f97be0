// AWS takes no part: this shows what is asked for, not what AWS makes of it.
import { describe, expect, it } from 'vitest';
import { ANSWERS, REGION } from '../testing/answers.ts';
import { record } from '../testing/recording.ts';
import { Firewall } from './firewall.ts';
import { Network, subnetCidrs } from './network.ts';
import { AWS_SIZES, type AwsSize } from './sizes.ts';

const THREE = ['a', 'b', 'c'];
const made = (size: AwsSize, zones = THREE, cidrBlock?: string) =>
  record(
    () =>
      new Network('blue', {
        size,
        region: REGION,
        zones,
        logKeyArn: 'key',
        ...(cidrBlock !== undefined && { cidrBlock }),
      }),
    ANSWERS,
  );

describe('Network', () => {
  it('has three kinds of subnets in three zones, none with public addresses', async () => {
    const recording = await made(AWS_SIZES.dev);
    const subnets = recording.ofType('aws:ec2/subnet:Subnet');
    expect(subnets).toHaveLength(9);
    for (const kind of ['public', 'private', 'isolated']) {
      const zones = subnets
        .filter(({ name }) => name.startsWith(`blue-${kind}-`))
        .map(({ inputs }) => inputs.availabilityZone);
      expect(zones).toEqual(THREE);
    }
    expect(subnets.every(({ inputs }) => inputs.mapPublicIpOnLaunch === false)).toBe(true);
  });

  it('tells the controller of load balancers which subnets are whose', async () => {
    const recording = await made(AWS_SIZES.dev);
    const tags = (name: string) =>
      recording.only('aws:ec2/subnet:Subnet', name).inputs.tags as object;
    expect(tags('blue-public-0')).toHaveProperty(['kubernetes.io/role/elb'], '1');
    expect(tags('blue-private-0')).toHaveProperty(['kubernetes.io/role/internal-elb'], '1');
    expect(Object.keys(tags('blue-isolated-0'))).toEqual(['Name']);
  });

  it.each([
    ['dev', 1, ['blue-0-id', 'blue-0-id', 'blue-0-id']],
    ['production', 3, ['blue-0-id', 'blue-1-id', 'blue-2-id']],
  ] as const)('of size %s goes out by %i gateways', async (size, count, ways) => {
    const recording = await made(AWS_SIZES[size]);
    expect(recording.ofType('aws:ec2/natGateway:NatGateway')).toHaveLength(count);
    const routes = recording.ofType('aws:ec2/route:Route');
    expect(
      routes
        .filter(({ name }) => name.startsWith('blue-private-'))
        .map(({ inputs }) => inputs.natGatewayId),
    ).toEqual(ways);
    expect(recording.only('aws:ec2/route:Route', 'blue-public').inputs).toMatchObject({
      gatewayId: 'blue-id',
    });
  });

  it('has no way out of isolated subnets', async () => {
    const recording = await made(AWS_SIZES.production);
    const table = recording.only('aws:ec2/routeTable:RouteTable', 'blue-isolated');
    const routes = recording.ofType('aws:ec2/route:Route');
    expect(routes.filter(({ inputs }) => inputs.routeTableId === `${table.name}-id`)).toEqual([]);
    expect(table.inputs).not.toHaveProperty('routes');
    const associated = recording
      .ofType('aws:ec2/routeTableAssociation:RouteTableAssociation')
      .filter(({ inputs }) => inputs.routeTableId === 'blue-isolated-id')
      .map(({ inputs }) => inputs.subnetId);
    expect(associated).toEqual([0, 1, 2].map((zone) => `blue-isolated-${zone}-id`));
  });

  it('closes the group that AWS makes, and reaches S3 inside', async () => {
    const recording = await made(AWS_SIZES.dev);
    expect(
      recording.only('aws:ec2/defaultSecurityGroup:DefaultSecurityGroup').inputs,
    ).toMatchObject({ ingress: [], egress: [] });
    expect(recording.only('aws:ec2/vpcEndpoint:VpcEndpoint').inputs).toMatchObject({
      serviceName: `com.amazonaws.${REGION}.s3`,
      vpcEndpointType: 'Gateway',
      routeTableIds: [0, 1, 2].map((zone) => `blue-private-${zone}-id`),
    });
  });

  it('logs all flows, encrypted, for as long as the size says, with rights for that log only', async () => {
    const recording = await made(AWS_SIZES.production);
    expect(recording.only('aws:ec2/flowLog:FlowLog').inputs).toMatchObject({ trafficType: 'ALL' });
    const logs = recording.only('aws:cloudwatch/logGroup:LogGroup');
    expect(logs.inputs).toMatchObject({ retentionInDays: 90, kmsKeyId: 'key' });
    const policy = recording.only('aws:iam/rolePolicy:RolePolicy').inputs.policy as string;
    expect(JSON.parse(policy)).toMatchObject({
      Statement: [
        {
          Action: [
            'logs:CreateLogStream',
            'logs:DescribeLogGroups',
            'logs:DescribeLogStreams',
            'logs:PutLogEvents',
          ],
          Resource: [
            'arn:aws:cloudwatch:eu-central-1:111122223333:blue-flows',
            'arn:aws:cloudwatch:eu-central-1:111122223333:blue-flows:*',
          ],
        },
      ],
    });
  });

  it('refuses two zones', async () => {
    await expect(made(AWS_SIZES.dev, ['a', 'b'])).rejects.toThrow("zones has 'a', 'b': give 3");
  });

  it.each(['10.0.0.0/8', '10.0.0.0', '8.8.0.0/16', 'ten', '10.0.1.0/16'])(
    'refuses %s as its range',
    async (cidr) => {
      await expect(made(AWS_SIZES.dev, THREE, cidr)).rejects.toThrow(
        `cidrBlock '${cidr}' is not a private range`,
      );
    },
  );
});

/** First and last address of a range, as numbers. */
function bounds(cidr: string): [number, number] {
  const [address, bits] = cidr.split('/') as [string, string];
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return [first, first + 2 ** (32 - Number(bits)) - 1];
}

describe('subnetCidrs', () => {
  it('gives ranges within the network that do not overlap', () => {
    const [start, end] = bounds('10.7.0.0/16');
    const ranges = Object.values(subnetCidrs('10.7.0.0/16'))
      .flat()
      .map(bounds)
      .sort(([a], [b]) => a - b);
    expect(ranges).toHaveLength(9);
    let before = start - 1;
    for (const [first, last] of ranges) {
      expect(first).toBeGreaterThan(before);
      before = last;
    }
    expect(before).toBeLessThanOrEqual(end);
  });
});

describe('Firewall', () => {
  it('lets each client in on each port, by its group and never by address, and nothing out', async () => {
    const recording = await record(
      () =>
        new Firewall('db', {
          vpcId: 'vpc',
          description: 'PostgreSQL',
          ports: { postgres: 5432, metrics: 9187 },
          clients: { nodes: 'sg-nodes', bastion: 'sg-bastion' },
        }),
      ANSWERS,
    );
    const rules = recording.ofType('aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule');
    expect(
      rules.map(({ inputs }) => [inputs.referencedSecurityGroupId, inputs.fromPort, inputs.toPort]),
    ).toEqual([
      ['sg-bastion', 9187, 9187],
      ['sg-bastion', 5432, 5432],
      ['sg-nodes', 9187, 9187],
      ['sg-nodes', 5432, 5432],
    ]);
    expect(rules.some(({ inputs }) => 'cidrIpv4' in inputs || 'cidrIpv6' in inputs)).toBe(false);
    const group = recording.only('aws:ec2/securityGroup:SecurityGroup');
    expect(group.inputs).not.toHaveProperty('egress');
    expect(group.inputs).not.toHaveProperty('ingress');
  });
});
