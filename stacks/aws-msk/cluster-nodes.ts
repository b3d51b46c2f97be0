import { LaunchTemplate } from '@pulumi/aws/ec2/launchTemplate.js';
import { NodeGroup } from '@pulumi/aws/eks/nodeGroup.js';
import * as pulumi from '@pulumi/pulumi';
import { ServiceRole } from './service-role.ts';
import type { AwsSize, NodesSize } from './sizes.ts';
import { keptVersions, type Upgrade } from './upgrades.ts';

/** What {@link ClusterNodes} is made from. */
export interface ClusterNodesArgs {
  readonly clusterName: pulumi.Output<string>;
  /** Version of Kubernetes. */
  readonly version: string;
  readonly size: AwsSize['nodes'];
  /** Private subnets. */
  readonly subnetIds: readonly pulumi.Output<string>[];
  /** Tags of instances, their disks and network interfaces. */
  readonly tags: Readonly<Record<string, string>>;
  /** What is upgraded. @default - nothing */
  readonly upgrade?: Upgrade;
}

/**
 * Nodes of a cluster, in a group that stays and one that AWS takes back when it needs it. Pods do not
 * get at the identity of their node: the answer of its metadata service ends at the node.
 */
export class ClusterNodes extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: ClusterNodesArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super('event-platform:aws:ClusterNodes', name, {}, options);
    const role = new ServiceRole(
      name,
      {
        service: 'ec2.amazonaws.com',
        description: 'Nodes of the cluster',
        managedPolicies: ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly'],
      },
      { parent: this },
    );
    this.#group(`${name}-on-demand`, role, args, {
      size: args.size.onDemand,
      capacityType: 'ON_DEMAND',
    });
    this.#group(`${name}-spot`, role, args, {
      size: args.size.spot,
      capacityType: 'SPOT',
    });
    this.registerOutputs({});
  }

  #group(
    name: string,
    role: ServiceRole,
    args: ClusterNodesArgs,
    kind: {
      readonly size: NodesSize;
      readonly capacityType: 'ON_DEMAND' | 'SPOT';
    },
  ): void {
    const { instanceTypes, least, most, disk } = kind.size;
    const template = new LaunchTemplate(
      name,
      {
        updateDefaultVersion: true,
        metadataOptions: {
          httpEndpoint: 'enabled',
          httpTokens: 'required',
          httpPutResponseHopLimit: 1,
        },
        blockDeviceMappings: [
          {
            deviceName: '/dev/xvda',
            ebs: {
              volumeType: 'gp3',
              volumeSize: disk.toGibibytes(),
              encrypted: 'true',
              deleteOnTermination: 'true',
            },
          },
        ],
        tagSpecifications: ['instance', 'volume', 'network-interface'].map((resourceType) => ({
          resourceType,
          tags: { ...args.tags, Name: name },
        })),
      },
      { parent: this },
    );
    new NodeGroup(
      // Another least number is another group: EKS refuses one above the number that there is, and
      // that number is not ours to set. The old group goes when the new one is there.
      `${name}-${least}`,
      {
        clusterName: args.clusterName,
        version: args.version,
        nodeRoleArn: role.arn,
        subnetIds: [...args.subnetIds],
        amiType: 'AL2023_x86_64_STANDARD',
        capacityType: kind.capacityType,
        instanceTypes: [...instanceTypes],
        launchTemplate: {
          id: template.id,
          version: template.latestVersion.apply(String),
        },
        // Spot nodes at none would leave a small cluster without room for consumers.
        scalingConfig: { minSize: least, desiredSize: Math.max(least, 1), maxSize: most },
        updateConfig: { maxUnavailable: 1 },
      },
      // How many there are changes with the load, and is nothing to set back.
      {
        parent: this,
        dependsOn: [role],
        ignoreChanges: [
          'scalingConfig.desiredSize',
          ...keptVersions('kubernetes', args.upgrade, ['version']),
        ],
      },
    );
  }
}
