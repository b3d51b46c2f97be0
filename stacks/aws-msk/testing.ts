import * as pulumi from '@pulumi/pulumi';
import type { SubnetKind } from './network.ts';
import { AWS_SIZES, type AwsSize } from './sizes.ts';

/** All sizes. */
export const SIZES: readonly AwsSize[] = Object.values(AWS_SIZES);

const subnets = (kind: SubnetKind) => [0, 1, 2].map((zone) => pulumi.output(`${kind}-${zone}`));

/** Stands for a network in tests of what is inside one. */
export function someNetwork() {
  return {
    vpcId: pulumi.output('vpc'),
    subnetIds: {
      public: subnets('public'),
      private: subnets('private'),
      isolated: subnets('isolated'),
    },
  };
}
