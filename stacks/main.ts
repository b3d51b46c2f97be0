import * as pulumi from '@pulumi/pulumi';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import type { StackOutputs } from './stack-outputs.ts';

/** Programs by target. Only that of the stack is loaded: the others' providers take seconds. */
const PROGRAMS: Readonly<
  Record<string, () => Promise<{ program: () => StackOutputs | Promise<StackOutputs> }>>
> = {
  local: () => import('./local/index.ts'),
  'aws-msk': () => import('./aws-msk/index.ts'),
};

/**
 * What `pulumi up` runs: the program that the stack's configuration names.
 *
 * @throws RunError when it names none.
 */
export async function deploy(): Promise<StackOutputs> {
  const stack = pulumi.getStack();
  const target = new pulumi.Config().get('target');
  const load = target === undefined ? undefined : PROGRAMS[target];
  if (load === undefined) {
    const targets = Object.keys(PROGRAMS);
    throw new pulumi.RunError(
      withCode(
        'EP7001',
        `stack '${stack}' ${target === undefined ? 'has no target' : `has the unknown target '${target}'`}: ` +
          `use a stack that has a file (Pulumi.local.yaml), or set one with: pulumi config set -s ${stack} target ${targets.join('|')}`,
      ),
    );
  }
  return (await load()).program();
}
