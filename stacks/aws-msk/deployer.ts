import { getCallerIdentityOutput } from '@pulumi/aws/getCallerIdentity.js';
import { getSessionContextOutput } from '@pulumi/aws/iam/getSessionContext.js';
import type * as pulumi from '@pulumi/pulumi';

/** Whoever deploys. */
export interface Deployer {
  /** Number of the account. */
  readonly accountId: pulumi.Output<string>;
  /** ARN of the role or user: of a session, that of the role it belongs to. */
  readonly arn: pulumi.Output<string>;
}

/** Asks AWS whose credentials these are. */
export function deployer(options: pulumi.InvokeOptions): Deployer {
  const { accountId, arn } = getCallerIdentityOutput({}, options);
  return { accountId, arn: getSessionContextOutput({ arn }, options).issuerArn };
}
