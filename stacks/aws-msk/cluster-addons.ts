import { Addon } from '@pulumi/aws/eks/addon.js';
import type * as pulumi from '@pulumi/pulumi';
import { PODS, ServiceRole } from './service-role.ts';

/** An add-on of EKS. */
interface ClusterAddon {
  readonly name: string;
  /** Whether it runs on nodes that have none of the others, so that nodes can become ready. */
  readonly first: boolean;
  /** Settings, as the add-on knows them. @default - its own */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** The identity of its pods. @default - none */
  readonly identity?: { readonly serviceAccount: string; readonly managedPolicy: string };
}

const ADDONS: readonly ClusterAddon[] = [
  {
    name: 'vpc-cni',
    first: true,
    // Without it, network policies are accepted and mean nothing.
    configuration: { enableNetworkPolicy: 'true' },
    identity: { serviceAccount: 'aws-node', managedPolicy: 'AmazonEKS_CNI_Policy' },
  },
  { name: 'kube-proxy', first: true },
  { name: 'eks-pod-identity-agent', first: true },
  { name: 'coredns', first: false },
  // Without it, nothing scales on CPU.
  { name: 'metrics-server', first: false },
  {
    name: 'aws-ebs-csi-driver',
    first: false,
    identity: {
      serviceAccount: 'ebs-csi-controller-sa',
      managedPolicy: 'service-role/AmazonEBSCSIDriverPolicy',
    },
  },
];

/**
 * Adds AWS' add-ons to a cluster, those with pods that need a node after the nodes. Versions are what
 * EKS takes as default for the version of the cluster.
 */
export function addClusterAddons(
  name: string,
  clusterName: pulumi.Output<string>,
  nodes: pulumi.Resource,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  return ADDONS.map(({ name: addonName, first, configuration, identity }) => {
    const role =
      identity &&
      new ServiceRole(
        `${name}-${addonName}`,
        {
          service: PODS,
          description: `Pods of the add-on ${addonName}`,
          managedPolicies: [identity.managedPolicy],
        },
        { parent },
      );
    return new Addon(
      `${name}-${addonName}`,
      {
        clusterName,
        addonName,
        resolveConflictsOnCreate: 'OVERWRITE',
        resolveConflictsOnUpdate: 'OVERWRITE',
        ...(configuration && { configurationValues: JSON.stringify(configuration) }),
        ...(role && {
          podIdentityAssociations: [{ roleArn: role.arn, serviceAccount: identity.serviceAccount }],
        }),
      },
      { parent, dependsOn: [...(role ? [role] : []), ...(first ? [] : [nodes])] },
    );
  });
}
