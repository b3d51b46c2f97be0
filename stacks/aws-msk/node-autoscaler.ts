import type * as pulumi from '@pulumi/pulumi';
import { allow, type PolicyStatement } from './policy-document.ts';

/** ServiceAccount of the autoscaler. */
export const NODE_AUTOSCALER = 'cluster-autoscaler';

/** Helm values that have the autoscaler find the node groups of a cluster by the tags EKS gives them. */
export function nodeAutoscalerValues(
  clusterName: pulumi.Input<string>,
  region: string,
): Record<string, pulumi.Input<unknown>> {
  return {
    awsRegion: region,
    autoDiscovery: { clusterName },
    rbac: { serviceAccount: { name: NODE_AUTOSCALER } },
  };
}

/**
 * What the autoscaler may do: see all groups, which IAM cannot limit, and change those of its cluster.
 *
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md
 */
export function nodeAutoscalerStatements(scope: {
  readonly clusterName: string;
  readonly region: string;
  readonly accountId: string;
}): PolicyStatement[] {
  const { clusterName, region, accountId } = scope;
  return [
    allow(
      'SeeGroups',
      [
        'autoscaling:DescribeAutoScalingGroups',
        'autoscaling:DescribeAutoScalingInstances',
        'autoscaling:DescribeLaunchConfigurations',
        'autoscaling:DescribeScalingActivities',
        'autoscaling:DescribeTags',
        'ec2:DescribeImages',
        'ec2:DescribeInstanceTypes',
        'ec2:DescribeLaunchTemplateVersions',
        'ec2:GetInstanceTypesFromInstanceRequirements',
      ],
      ['*'],
    ),
    allow(
      'SeeNodeGroups',
      ['eks:DescribeNodegroup'],
      [`arn:aws:eks:${region}:${accountId}:nodegroup/${clusterName}/*`],
    ),
    allow(
      'ChangeGroups',
      ['autoscaling:SetDesiredCapacity', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
      [`arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:*`],
      { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${clusterName}`]: 'owned' } },
    ),
  ];
}
