import * as pulumi from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random/randomPassword.js';

/** Options of {@link madeUpPassword}. */
export interface MadeUpPasswordOptions {
  readonly parent?: pulumi.Resource | undefined;
  /** Whether Pulumi refuses to delete it. @default false */
  readonly protect?: boolean | undefined;
  /** Characters. @default 32 */
  readonly length?: number;
}

/**
 * A password that is made up once and kept in the encrypted state; a secret. Letters and digits alone:
 * safe in connection strings, shells and YAML.
 */
export function madeUpPassword(
  name: string,
  { parent, protect, length = 32 }: MadeUpPasswordOptions,
): pulumi.Output<string> {
  const { result } = new RandomPassword(
    name,
    { length, special: false },
    { ...(parent && { parent }), ...(protect !== undefined && { protect }) },
  );
  return pulumi.secret(result);
}
