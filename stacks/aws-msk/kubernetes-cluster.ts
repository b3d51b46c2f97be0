import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import { AccessEntry } from '@pulumi/aws/eks/accessEntry.js';
import { AccessPolicyAssociation } from '@pulumi/aws/eks/accessPolicyAssociation.js';
import { Cluster } from '@pulumi/aws/eks/cluster.js';
import * as pulumi from '@pulumi/pulumi';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import { VERSIONS } from '../../constructs/core/versions.ts';
import { addClusterAddons } from './cluster-addons.ts';
import { ClusterNodes } from './cluster-nodes.ts';
import { kubeconfig } from './kubeconfig.ts';
import type { Network } from './network.ts';
import type { CliAccess } from './provider-settings.ts';
import { ServiceRole } from './service-role.ts';
import type { AwsSize } from './sizes.ts';
import { keptVersions, noteOtherVersion, type Upgrade } from './upgrades.ts';

/**
 * Version of Kubernetes.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
 */
export const EKS_VERSION = VERSIONS.kubernetes.split('.').slice(0, 2).join('.');

const LOG_TYPES = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];
const ADMIN_POLICY = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy';

/** What {@link KubernetesCluster} is made from. */
export interface KubernetesClusterArgs {
  readonly size: AwsSize;
  readonly region: string;
  readonly network: Pick<Network, 'vpcId' | 'subnetIds'>;
  /** ARN of the key that encrypts Secrets. */
  readonly keyArn: pulumi.Input<string>;
  /** ARN of the key that encrypts logs. */
  readonly logKeyArn: pulumi.Input<string>;
  /** ARNs of the roles or users that may do everything, the deployer among them. */
  readonly administrators: readonly string[];
  /**
   * Address ranges that reach the API from outside the network. @default - none: only from inside the
   * network, where the deployer must be then
   */
  readonly publicAccessCidrs?: readonly string[];
  /** Tags of what nodes bring with them: EC2 makes it, not the provider. */
  readonly tags: Readonly<Record<string, string>>;
  /** How the AWS CLI gets to the identity that deploys. @default - by what is in the environment */
  readonly cli?: CliAccess;
  /** What is upgraded. @default - nothing */
  readonly upgrade?: Upgrade;
}

/** Ranges that reach the API. @see https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
const RANGE_LIMIT = 40;

/** Why a cluster could not be made, or would be open to all. */
function clusterProblems(args: KubernetesClusterArgs): string[] {
  return [
    ...(args.administrators.length === 0
      ? [
          'administrators are empty, so that nobody could use the cluster: give at least the role that deploys',
        ]
      : []),
    ...((args.publicAccessCidrs ?? []).length > RANGE_LIMIT
      ? [
          `publicAccessCidrs has ${args.publicAccessCidrs!.length} ranges, and EKS takes ${RANGE_LIMIT}: use larger ranges`,
        ]
      : []),
    ...(args.publicAccessCidrs ?? [])
      .filter((cidr) => !/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(cidr) || cidr.endsWith('/0'))
      .map(
        (cidr) =>
          `publicAccessCidrs has '${cidr}', which is no range or is everybody: use the address of the deployer, such as '203.0.113.7/32'`,
      ),
  ];
}

/** A Kubernetes cluster in Amazon EKS, with nodes of both kinds and AWS' own add-ons. */
export class KubernetesCluster extends pulumi.ComponentResource {
  /** The control plane; depend on {@link ready} to use the cluster. */
  public readonly cluster: Cluster;
  public readonly name: pulumi.Output<string>;
  public readonly arn: pulumi.Output<string>;
  /** Security group of nodes and pods. */
  public readonly nodeSecurityGroupId: pulumi.Output<string>;
  /** For kubectl and for the provider of Kubernetes; needs the AWS CLI. A secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** Resources that have to be there before pods can run: nodes, add-ons, and rights. */
  public readonly ready: readonly pulumi.Resource[];

  public constructor(
    name: string,
    args: KubernetesClusterArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super('event-platform:aws:KubernetesCluster', name, {}, options);
    const problems = clusterProblems(args);
    if (problems.length > 0) {
      throw new pulumi.RunError(
        withCode('EP7002', `cluster '${name}' cannot be made:\n- ${problems.join('\n- ')}`),
      );
    }
    const { size, network } = args;
    const child = { parent: this };
    this.cluster = this.#controlPlane(name, args);
    noteOtherVersion('kubernetes', EKS_VERSION, this.cluster.version, this.cluster);
    this.name = this.cluster.name;
    this.arn = this.cluster.arn;
    this.nodeSecurityGroupId = this.cluster.vpcConfig.apply(
      ({ clusterSecurityGroupId }) => clusterSecurityGroupId,
    );
    this.kubeconfig = kubeconfig(this.cluster, args.region, args.cli);

    const nodes = new ClusterNodes(
      `${name}-nodes`,
      {
        clusterName: this.name,
        version: EKS_VERSION,
        size: size.nodes,
        subnetIds: network.subnetIds.private,
        tags: args.tags,
        ...(args.upgrade !== undefined && { upgrade: args.upgrade }),
      },
      child,
    );
    const addons = addClusterAddons(name, this.name, nodes, this);
    this.ready = [nodes, ...addons, ...this.#administrators(name, args)];
    this.registerOutputs({
      name: this.name,
      arn: this.arn,
      nodeSecurityGroupId: this.nodeSecurityGroupId,
      kubeconfig: this.kubeconfig,
    });
  }

  #controlPlane(name: string, args: KubernetesClusterArgs): Cluster {
    const { size, network } = args;
    const role = new ServiceRole(
      `${name}-control`,
      {
        service: 'eks.amazonaws.com',
        description: 'Control plane of the cluster',
        managedPolicies: ['AmazonEKSClusterPolicy'],
      },
      { parent: this },
    );
    // EKS would make it without a limit of time, under this very name.
    const logs = new LogGroup(
      name,
      {
        name: `/aws/eks/${name}/cluster`,
        retentionInDays: size.logRetention.toDays(),
        kmsKeyId: args.logKeyArn,
      },
      { parent: this },
    );
    const publicCidrs = args.publicAccessCidrs ?? [];
    return new Cluster(
      name,
      {
        name,
        version: EKS_VERSION,
        roleArn: role.arn,
        accessConfig: {
          authenticationMode: 'API',
          bootstrapClusterCreatorAdminPermissions: false,
        },
        // Add-ons come below, where their versions are kept up by EKS.
        bootstrapSelfManagedAddons: false,
        deletionProtection: size.protectData,
        enabledClusterLogTypes: LOG_TYPES,
        encryptionConfig: { provider: { keyArn: args.keyArn }, resources: ['secrets'] },
        upgradePolicy: { supportType: 'STANDARD' },
        vpcConfig: {
          subnetIds: [...network.subnetIds.private],
          endpointPrivateAccess: true,
          endpointPublicAccess: publicCidrs.length > 0,
          ...(publicCidrs.length > 0 && { publicAccessCidrs: [...publicCidrs] }),
        },
      },
      {
        parent: this,
        protect: size.protectData,
        dependsOn: [role, logs],
        ignoreChanges: keptVersions('kubernetes', args.upgrade, ['version']),
      },
    );
  }

  #administrators(name: string, { administrators }: KubernetesClusterArgs): pulumi.Resource[] {
    // AWS takes one entry for each, however often it is listed.
    return [...new Set(administrators)].map((principalArn) => {
      const administrator = principalArn
        .replace(/^arn:aws[a-z-]*:iam::/, '')
        .replaceAll(/[:/]/g, '-');
      const entry = new AccessEntry(
        `${name}-${administrator}`,
        { clusterName: this.name, principalArn },
        { parent: this },
      );
      return new AccessPolicyAssociation(
        `${name}-${administrator}`,
        {
          clusterName: this.name,
          principalArn,
          policyArn: ADMIN_POLICY,
          accessScope: { type: 'cluster' },
        },
        { parent: this, dependsOn: [entry] },
      );
    });
  }
}
