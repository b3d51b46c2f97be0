import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import { DefaultSecurityGroup } from '@pulumi/aws/ec2/defaultSecurityGroup.js';
import { Eip } from '@pulumi/aws/ec2/eip.js';
import { FlowLog } from '@pulumi/aws/ec2/flowLog.js';
import { InternetGateway } from '@pulumi/aws/ec2/internetGateway.js';
import { NatGateway } from '@pulumi/aws/ec2/natGateway.js';
import { Route } from '@pulumi/aws/ec2/route.js';
import { RouteTable } from '@pulumi/aws/ec2/routeTable.js';
import { RouteTableAssociation } from '@pulumi/aws/ec2/routeTableAssociation.js';
import { Subnet } from '@pulumi/aws/ec2/subnet.js';
import { Vpc } from '@pulumi/aws/ec2/vpc.js';
import { VpcEndpoint } from '@pulumi/aws/ec2/vpcEndpoint.js';
import * as pulumi from '@pulumi/pulumi';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import { allow } from './policy-document.ts';
import { ServiceRole } from './service-role.ts';
import type { AwsSize } from './sizes.ts';
import { ZONE_COUNT } from './zones.ts';

const ZONES = Array.from({ length: ZONE_COUNT }, (_, zone) => zone);
const EVERYWHERE = '0.0.0.0/0';

/** Kinds of subnets: reachable from outside, with a way out, with neither. */
export type SubnetKind = 'public' | 'private' | 'isolated';

/**
 * Address ranges of the subnets in a /16, one for each zone: 8,192 addresses for nodes and pods,
 * 256 for load balancers and for data each.
 *
 * @throws RunError when it is not a private /16.
 */
export function subnetCidrs(cidr: string): Readonly<Record<SubnetKind, readonly string[]>> {
  const [, start] = /^((?:10|172|192)\.\d{1,3})\.0\.0\/16$/.exec(cidr) ?? [];
  if (start === undefined) {
    throw new pulumi.RunError(
      withCode(
        'EP7002',
        `cidrBlock '${cidr}' is not a private range of 65,536 addresses: use one such as '10.0.0.0/16'`,
      ),
    );
  }
  return {
    private: ZONES.map((zone) => `${start}.${32 * zone}.0/19`),
    public: ZONES.map((zone) => `${start}.${96 + zone}.0/24`),
    isolated: ZONES.map((zone) => `${start}.${100 + zone}.0/24`),
  };
}

/** What {@link Network} is made from. */
export interface NetworkArgs {
  readonly size: AwsSize;
  /** Region, for the endpoint of S3. */
  readonly region: string;
  /** Three availability zones, from `availabilityZones`. */
  readonly zones: readonly string[];
  /** ARN of the key that encrypts logs. */
  readonly logKeyArn: pulumi.Input<string>;
  /** Private range of the network, a /16 that no connected network uses. @default '10.0.0.0/16' */
  readonly cidrBlock?: string;
}

/**
 * A VPC over three zones. Load balancers are in public subnets, nodes and pods in private ones,
 * and what holds data in isolated ones that have no way out.
 */
export class Network extends pulumi.ComponentResource {
  public readonly vpcId: pulumi.Output<string>;
  /** Ids of the subnets, one for each zone. */
  public readonly subnetIds: Readonly<Record<SubnetKind, readonly pulumi.Output<string>[]>>;
  readonly #name: string;

  public constructor(name: string, args: NetworkArgs, options?: pulumi.ComponentResourceOptions) {
    super('event-platform:aws:Network', name, {}, options);
    this.#name = name;
    if (args.zones.length !== ZONE_COUNT) {
      throw new pulumi.RunError(
        withCode(
          'EP7002',
          `zones has '${args.zones.join("', '")}': give ${ZONE_COUNT}, as availabilityZones does`,
        ),
      );
    }
    const child = { parent: this };
    const { zones, cidrBlock = '10.0.0.0/16' } = args;
    const cidrs = subnetCidrs(cidrBlock);
    const vpc = new Vpc(
      name,
      {
        cidrBlock,
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: { Name: name },
      },
      child,
    );
    this.vpcId = vpc.id;
    // The group that AWS makes lets its members talk to each other: nobody is to use it.
    new DefaultSecurityGroup(name, { vpcId: vpc.id, ingress: [], egress: [] }, child);

    const outer = this.#subnets('public', zones, cidrs, 'elb');
    const inner = this.#subnets('private', zones, cidrs, 'internal-elb');
    const isolated = this.#subnets('isolated', zones, cidrs);
    const ids = (of: readonly Subnet[]) => of.map(({ id }) => id);
    this.subnetIds = { public: ids(outer), private: ids(inner), isolated: ids(isolated) };

    const gateway = new InternetGateway(name, { vpcId: vpc.id, tags: { Name: name } }, child);
    const wayOut = this.#routeTable('public', outer);
    new Route(
      `${name}-public`,
      { routeTableId: wayOut.id, destinationCidrBlock: EVERYWHERE, gatewayId: gateway.id },
      child,
    );
    const nats = this.#natGateways(outer.slice(0, args.size.natGateways), gateway);
    const privateTables = inner.map((subnet, zone) => this.#privateRoutes(zone, subnet, nats));
    this.#routeTable('isolated', isolated);

    // Layers of images come from S3: this way they do not pass the NAT gateways, which cost by volume.
    new VpcEndpoint(
      `${name}-s3`,
      {
        vpcId: vpc.id,
        serviceName: `com.amazonaws.${args.region}.s3`,
        vpcEndpointType: 'Gateway',
        routeTableIds: privateTables.map(({ id }) => id),
      },
      child,
    );
    this.#logFlows(vpc, args);
    this.registerOutputs({ vpcId: this.vpcId, subnetIds: this.subnetIds });
  }

  #subnets(
    kind: SubnetKind,
    zones: readonly string[],
    cidrs: Readonly<Record<SubnetKind, readonly string[]>>,
    role?: string,
  ): Subnet[] {
    return zones.map((availabilityZone, index) => {
      const name = `${this.#name}-${kind}-${index}`;
      return new Subnet(
        name,
        {
          vpcId: this.vpcId,
          cidrBlock: cidrs[kind][index]!,
          availabilityZone,
          mapPublicIpOnLaunch: false,
          tags: {
            Name: name,
            // What the controller of load balancers looks for.
            ...(role !== undefined && { [`kubernetes.io/role/${role}`]: '1' }),
          },
        },
        // A zone that AWS adds may come first by its name, and is no reason to move.
        { parent: this, ignoreChanges: ['availabilityZone'] },
      );
    });
  }

  #natGateways(subnets: readonly Subnet[], gateway: InternetGateway): NatGateway[] {
    return subnets.map((subnet, zone) => {
      const { id } = new Eip(
        `${this.#name}-nat-${zone}`,
        { domain: 'vpc', tags: { Name: `${this.#name}-nat-${zone}` } },
        { parent: this },
      );
      const name = `${this.#name}-${zone}`;
      return new NatGateway(
        name,
        { allocationId: id, subnetId: subnet.id, tags: { Name: name } },
        { parent: this, dependsOn: [gateway] },
      );
    });
  }

  /** The table of a private subnet, whose way out is the gateway of its zone, or of another one. */
  #privateRoutes(zone: number, subnet: Subnet, nats: readonly NatGateway[]): RouteTable {
    const table = this.#routeTable(`private-${zone}`, [subnet]);
    new Route(
      `${this.#name}-private-${zone}`,
      {
        routeTableId: table.id,
        destinationCidrBlock: EVERYWHERE,
        natGatewayId: nats[zone % nats.length]!.id,
      },
      { parent: this },
    );
    return table;
  }

  #routeTable(kind: string, subnets: readonly Subnet[]): RouteTable {
    const name = `${this.#name}-${kind}`;
    const table = new RouteTable(
      name,
      { vpcId: this.vpcId, tags: { Name: name } },
      { parent: this },
    );
    subnets.forEach(({ id }, index) => {
      new RouteTableAssociation(
        subnets.length === 1 ? name : `${name}-${index}`,
        { routeTableId: table.id, subnetId: id },
        { parent: this },
      );
    });
    return table;
  }

  #logFlows(vpc: Vpc, { size, logKeyArn }: NetworkArgs): void {
    const name = `${this.#name}-flows`;
    const child = { parent: this };
    const logs = new LogGroup(
      name,
      { retentionInDays: size.logRetention.toDays(), kmsKeyId: logKeyArn },
      child,
    );
    const writer = new ServiceRole(
      name,
      {
        service: 'vpc-flow-logs.amazonaws.com',
        description: 'Writes who talks to whom in the network',
        statements: [
          logs.arn.apply((arn) =>
            allow(
              'WriteFlows',
              [
                'logs:CreateLogStream',
                'logs:DescribeLogGroups',
                'logs:DescribeLogStreams',
                'logs:PutLogEvents',
              ],
              [arn, `${arn}:*`],
            ),
          ),
        ],
      },
      child,
    );
    new FlowLog(
      name,
      {
        vpcId: vpc.id,
        trafficType: 'ALL',
        logDestinationType: 'cloud-watch-logs',
        logDestination: logs.arn,
        iamRoleArn: writer.arn,
      },
      { ...child, dependsOn: [writer] },
    );
  }
}
