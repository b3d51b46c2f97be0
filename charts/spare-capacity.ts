import { JsonPatch } from 'cdk8s';
import { type EventPlatform, IdempotentConsumer } from '../constructs/index.ts';

/** Nodes of EKS that AWS may take back. */
const SPOT_NODES = {
  nodeAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        preference: {
          matchExpressions: [
            { key: 'eks.amazonaws.com/capacityType', operator: 'In', values: ['SPOT'] },
          ],
        },
      },
    ],
  },
};

/**
 * Runs consumers on spot nodes while there are any: what they have not finished when AWS takes a
 * node away is delivered again.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
 */
export function preferSpareCapacity(platform: EventPlatform): void {
  for (const consumer of platform.node.findAll()) {
    if (consumer instanceof IdempotentConsumer) {
      consumer.workload.deployment.addJsonPatch(
        JsonPatch.add('/spec/template/spec/affinity', SPOT_NODES),
      );
    }
  }
}
