import * as pulumi from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random/randomPassword.js';

/** Options of {@link generatedPassword}. */
export interface GeneratedPasswordOptions {
  readonly parent?: pulumi.Resource | undefined;
  /** Whether Pulumi refuses to delete it. @default false */
  readonly protect?: boolean | undefined;
  /** Characters. @default 32 */
  readonly length?: number;
}

/**
 * A password that is generated once and kept in the encrypted state; a secret. Letters and digits alone:
 * safe in connection strings, shells and YAML.
 */
export function generatedPassword(
  name: string,
  { parent, protect, length = 32 }: GeneratedPasswordOptions,
): pulumi.Output<string> {
  const { result } = new RandomPassword(
    name,
    { length, special: false },
    { ...(parent && { parent }), ...(protect !== undefined && { protect }) },
  );
  return pulumi.secret(result);
}
