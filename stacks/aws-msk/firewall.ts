import { SecurityGroup } from '@pulumi/aws/ec2/securityGroup.js';
import { SecurityGroupIngressRule } from '@pulumi/aws/vpc/securityGroupIngressRule.js';
import * as pulumi from '@pulumi/pulumi';
import { requireSize } from './aws-limits.ts';

/** What {@link Firewall} is made from. */
export interface FirewallArgs {
  readonly vpcId: pulumi.Input<string>;
  /** What is behind it. */
  readonly description: string;
  /** TCP ports that clients may use, by what they are for. */
  readonly ports: Readonly<Record<string, number>>;
  /** Security groups of the clients, by what they are. */
  readonly clients: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Rules of one direction. @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const RULE_LIMIT = 60;

/** A security group that lets named clients in on named ports, and nothing out. */
export class Firewall extends pulumi.ComponentResource {
  /** Id of the security group. */
  public readonly groupId: pulumi.Output<string>;

  public constructor(name: string, args: FirewallArgs, options?: pulumi.ComponentResourceOptions) {
    super('event-platform:aws:Firewall', name, {}, options);
    requireSize(Object.keys(args.clients).length * Object.keys(args.ports).length, {
      what: `the security group '${name}'`,
      limit: RULE_LIMIT,
      unit: 'rules',
      remedy: 'let clients share a security group',
    });
    const child = { parent: this };
    const group = new SecurityGroup(
      name,
      // Without an egress here, Pulumi takes away the one to everywhere that AWS adds.
      { vpcId: args.vpcId, description: args.description, tags: { Name: name } },
      child,
    );
    for (const [client, clientGroup] of Object.entries(args.clients)) {
      for (const [purpose, port] of Object.entries(args.ports)) {
        new SecurityGroupIngressRule(
          `${name}-${client}-${purpose}`,
          {
            securityGroupId: group.id,
            referencedSecurityGroupId: clientGroup,
            ipProtocol: 'tcp',
            fromPort: port,
            toPort: port,
            description: `${purpose} for ${client}`,
          },
          child,
        );
      }
    }
    this.groupId = group.id;
    this.registerOutputs({ groupId: this.groupId });
  }
}
