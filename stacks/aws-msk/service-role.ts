import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import { RolePolicyAttachment } from '@pulumi/aws/iam/rolePolicyAttachment.js';
import * as pulumi from '@pulumi/pulumi';
import { policyDocument, type PolicyStatement } from './policy-document.ts';

/** Principal of pods: the agent of EKS Pod Identity on each node. */
export const PODS = 'pods.eks.amazonaws.com';

/** Most characters in the name of a role, and what Pulumi adds to it. */
const NAME_LIMIT = 64 - '-1234567'.length;

/** What {@link ServiceRole} is made from. */
export interface ServiceRoleArgs {
  /** Who takes on the role, e.g. `ec2.amazonaws.com`. */
  readonly service: string;
  /** What it is for. */
  readonly description: string;
  /** Names of AWS' own policies, e.g. `AmazonEKS_CNI_Policy`. @default - none */
  readonly managedPolicies?: readonly string[];
  /** What it allows besides. @default - nothing */
  readonly statements?: pulumi.Input<readonly pulumi.Input<PolicyStatement>[]>;
  /** Further conditions on who takes it on. @default - none */
  readonly condition?: pulumi.Input<PolicyStatement['Condition']>;
}

/** A role that one AWS service takes on. */
export class ServiceRole extends pulumi.ComponentResource {
  public readonly role: Role;
  public readonly arn: pulumi.Output<string>;

  public constructor(
    name: string,
    args: ServiceRoleArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super('event-platform:aws:ServiceRole', name, {}, options);
    if (name.length > NAME_LIMIT) {
      throw new pulumi.RunError(
        `'${name}' has ${name.length} characters, and the name of a role may have ${NAME_LIMIT}: use a shorter name for the stack or the app`,
      );
    }
    const child = { parent: this };
    this.role = new Role(
      name,
      {
        description: args.description,
        assumeRolePolicy: pulumi.output(args.condition).apply((condition) =>
          policyDocument([
            {
              Sid: 'TakeOn',
              Effect: 'Allow',
              Principal: { Service: args.service },
              Action: ['sts:AssumeRole', ...(args.service === PODS ? ['sts:TagSession'] : [])],
              ...(condition !== undefined && { Condition: condition }),
            },
          ]),
        ),
      },
      child,
    );
    for (const policy of args.managedPolicies ?? []) {
      new RolePolicyAttachment(
        `${name}-${policy.split('/').at(-1)!}`,
        { role: this.role.name, policyArn: `arn:aws:iam::aws:policy/${policy}` },
        child,
      );
    }
    if (args.statements !== undefined) {
      new RolePolicy(
        name,
        { role: this.role.name, policy: pulumi.output(args.statements).apply(policyDocument) },
        child,
      );
    }
    this.arn = this.role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
