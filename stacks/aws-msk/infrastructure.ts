import * as pulumi from '@pulumi/pulumi';
import type { Deployer } from './deployer.ts';
import { Kafka } from './kafka.ts';
import { EncryptionKeys } from './keys.ts';
import { KubernetesCluster } from './kubernetes-cluster.ts';
import { Network } from './network.ts';
import type { CliAccess } from './provider-settings.ts';
import type { AwsSize } from './sizes.ts';
import type { Upgrade } from './upgrades.ts';

/** What {@link infrastructure} is made from. */
export interface InfrastructureArgs {
  /** Names start with it: two stacks in one account do not meet. */
  readonly name: string;
  readonly size: AwsSize;
  readonly region: string;
  /** Three availability zones. */
  readonly zones: readonly string[];
  readonly deployer: Deployer;
  /** Private range of the network, a /16. */
  readonly cidrBlock: string;
  /** Who reaches the API of Kubernetes from outside the network. */
  readonly publicAccessCidrs: readonly string[];
  /** ARNs of those who may do everything in the cluster, besides the deployer. */
  readonly administrators: readonly string[];
  /** Tags of what AWS makes by itself. */
  readonly tags: Readonly<Record<string, string>>;
  /** How the AWS CLI gets to the identity of the provider. */
  readonly cli: CliAccess;
  /** What is upgraded. */
  readonly upgrade: Upgrade;
}

/** What runs below all systems: network, keys, Kubernetes and Kafka. */
export function infrastructure(args: InfrastructureArgs, provider: pulumi.ProviderResource) {
  const options = { provider };
  const { name, size, region, deployer, upgrade } = args;
  const keys = new EncryptionKeys(name, { size, region, accountId: deployer.accountId }, options)
    .arns;
  const network = new Network(
    name,
    { size, region, zones: args.zones, logKeyArn: keys.logs, cidrBlock: args.cidrBlock },
    options,
  );
  const cluster = new KubernetesCluster(
    name,
    {
      size,
      region,
      network,
      keyArn: keys.kubernetes,
      logKeyArn: keys.logs,
      administrators: [deployer.arn, ...args.administrators],
      publicAccessCidrs: args.publicAccessCidrs,
      tags: args.tags,
      cli: args.cli,
      upgrade,
    },
    options,
  );
  const inside = { size, network, upgrade, clients: { pods: cluster.nodeSecurityGroupId } };
  const kafka = new Kafka(
    `${name}-kafka`,
    { ...inside, keyArn: keys.kafka, logKeyArn: keys.logs },
    options,
  );
  return { keys, cluster, kafka, inside };
}

/** What {@link infrastructure} makes. */
export type Infrastructure = ReturnType<typeof infrastructure>;
