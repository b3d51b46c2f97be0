import { Policy } from '@pulumi/aws/iam/policy.js';
import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import { RolePolicyAttachment } from '@pulumi/aws/iam/rolePolicyAttachment.js';
import * as pulumi from '@pulumi/pulumi';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import { requireSize } from './aws-limits.ts';
import { policyDocument, policySize, type PolicyStatement } from './policy-document.ts';
import { IAM_LIMITS, pickPart, policyParts } from './policy-parts.ts';

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
  /**
   * The statements at their longest, when they grow with what is declared. They decide how many policies
   * the role has. @default - they do not grow, and fit into one policy
   */
  readonly longestStatements?: readonly PolicyStatement[];
  /** Further conditions on who takes it on. @default - none */
  readonly condition?: pulumi.Input<PolicyStatement['Condition']>;
}

/** @throws RunError when IAM does not take the name. */
export function requireRoleName(name: string): void {
  if (name.length > NAME_LIMIT) {
    throw new pulumi.RunError(
      withCode(
        'EP7002',
        `'${name}' has ${name.length} characters, and the name of a role may have ${NAME_LIMIT}: use a shorter name for the stack or the app`,
      ),
    );
  }
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
    requireRoleName(name);
    const child = { parent: this };
    this.role = new Role(
      name,
      {
        description: args.description,
        assumeRolePolicy: pulumi
          .output(args.condition)
          .apply((condition) => trustPolicy(name, args.service, condition)),
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
      this.#allow(name, pulumi.output(args.statements), args);
    }
    this.arn = this.role.arn;
    this.registerOutputs({ arn: this.arn });
  }

  #allow(
    name: string,
    statements: pulumi.Output<readonly PolicyStatement[]>,
    { longestStatements, managedPolicies = [] }: ServiceRoleArgs,
  ): void {
    const child = { parent: this };
    const parts =
      longestStatements && policyParts(`'${name}'`, longestStatements, managedPolicies.length);
    if (parts === undefined) {
      const policy = statements.apply((all) => {
        const document = policyDocument(all);
        requireSize(policySize(document), {
          what: `the inline policy of role '${name}'`,
          limit: IAM_LIMITS.inline,
          remedy: 'allow less, or use shorter names',
        });
        return document;
      });
      new RolePolicy(name, { role: this.role.name, policy }, child);
      return;
    }
    parts.forEach((part, index) => {
      const partName = `${name}-${index + 1}`;
      const { arn } = new Policy(
        partName,
        {
          description: `Part ${index + 1} of ${parts.length} of what ${name} may do`,
          policy: statements.apply((all) => policyDocument(pickPart(all, part))),
        },
        child,
      );
      new RolePolicyAttachment(partName, { role: this.role.name, policyArn: arn }, child);
    });
  }
}

/** Who takes on a role. */
function trustPolicy(
  name: string,
  service: string,
  condition: PolicyStatement['Condition'],
): string {
  const document = policyDocument([
    {
      Sid: 'TakeOn',
      Effect: 'Allow',
      Principal: { Service: service },
      Action: ['sts:AssumeRole', ...(service === PODS ? ['sts:TagSession'] : [])],
      ...(condition !== undefined && { Condition: condition }),
    },
  ]);
  requireSize(policySize(document), {
    what: `the trust policy of role '${name}'`,
    limit: IAM_LIMITS.trust,
    remedy: 'use shorter names for the namespace and the app',
  });
  return document;
}
