import { getCallerIdentity } from '@pulumi/aws/getCallerIdentity.js';
import { getSessionContext } from '@pulumi/aws/iam/getSessionContext.js';
import type * as pulumi from '@pulumi/pulumi';

/** The identity that deploys. */
export interface Deployer {
  /** Number of the account. */
  readonly accountId: string;
  /** ARN of the role or user: of a session, that of the role it belongs to. */
  readonly arn: string;
}

/** Asks AWS whose credentials these are. */
export async function deployer(options: pulumi.InvokeOptions): Promise<Deployer> {
  const { accountId, arn } = await getCallerIdentity({}, options);
  const { issuerArn } = await getSessionContext({ arn }, options);
  return { accountId, arn: issuerArn };
}
