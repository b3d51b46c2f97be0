import * as pulumi from '@pulumi/pulumi';
import { RandomId } from '@pulumi/random/randomId.js';

/**
 * Name of the snapshot that is taken when something is deleted. A snapshot outlives what it is of, so
 * the next one of the same name needs another.
 */
export function finalSnapshotName(name: string, parent: pulumi.Resource): pulumi.Output<string> {
  const { hex } = new RandomId(`${name}-final`, { byteLength: 4 }, { parent });
  return pulumi.interpolate`${name}-final-${hex}`;
}
