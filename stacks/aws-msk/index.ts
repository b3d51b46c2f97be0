import { join } from 'node:path';
import { Provider } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import type { AwsPlatform } from '../../charts/system.ts';
import { SYSTEMS, type Systems } from '../../charts/systems.ts';
import { AWS_PLACEHOLDERS } from '../../charts/aws-environment.ts';
import { renderObjects } from '../../constructs/index.ts';
import { clusterProvider } from '../kubernetes/cluster-provider.ts';
import { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { PlaceholderValues } from '../kubernetes/placeholders.ts';
import type { StackOutputs } from '../stack-outputs.ts';
import { type OperatorName, Operators, operatorsOf } from '../operators.ts';
import { chosenSystems, imagesOf, nameOf, passwordPrefix } from '../systems.ts';
import { awsSystem, type DeployedSystem, requireNames } from './aws-system.ts';
import { type AwsConfig, awsConfig } from './config.ts';
import { databaseAuthority } from './database-authority.ts';
import { deployer } from './deployer.ts';
import { Images } from './images.ts';
import { type Infrastructure, infrastructure } from './infrastructure.ts';
import { requirePartitions } from './kafka.ts';
import { updateKubeconfig } from './kubeconfig.ts';
import { nodeAutoscalerValues } from './node-autoscaler.ts';
import { podIdentities } from './pod-identities.ts';
import { ownTags } from './provider-settings.ts';
import { AWS_SIZES, type AwsSize } from './sizes.ts';
import { ENCRYPTED_VOLUMES } from './storage-class.ts';
import { availabilityZones } from './zones.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The provider of AWS with the tags of the stack, which AWS' own resources get, too. */
function awsProvider(config: AwsConfig, size: AwsSize) {
  const { args, allowedAccountIds } = config.provider;
  const tags = { ...config.provider.tags, ...ownTags(size.name) };
  const accounts = config.accountId === undefined ? allowedAccountIds : [config.accountId];
  const provider = new Provider('aws', {
    ...args,
    region: config.region,
    defaultTags: { tags },
    ...(accounts !== undefined && { allowedAccountIds: [...accounts] }),
  });
  return { provider, tags };
}

/** Systems on EKS, with MSK, and what each needs of RDS and ElastiCache. */
export async function program(systems: Systems = SYSTEMS): Promise<StackOutputs> {
  const config = awsConfig(systems);
  const { region } = config;
  const size = AWS_SIZES[config.size];
  const name = pulumi.getStack();
  const { chosen, operators } = declared(systems, config, size);
  const authority = databaseAuthority(region);

  if (config.upgrade.length > 0) {
    void pulumi.log.warn(
      `this update may change the versions of ${config.upgrade.join(', ')}: stop if the preview replaces one of them, and run this afterwards: pulumi config rm upgrade`,
    );
  }
  const { cli } = config.provider;
  const { provider, tags } = awsProvider(config, size);
  const inAws = { provider };
  const identity = await deployer({ provider });
  const below = infrastructure(
    {
      name,
      size,
      region,
      zones: await availabilityZones({ provider }),
      deployer: identity,
      cidrBlock: config.vpcCidr,
      publicAccessCidrs: config.publicAccessCidrs,
      administrators: config.administrators,
      tags,
      cli,
      upgrade: config.upgrade,
    },
    provider,
  );
  const { cluster, kafka } = below;
  const images = new Images(
    name,
    { size, images: imagesOf(chosen), tag: config.imageTag, root: ROOT },
    inAws,
  );
  const deployed = chosen.map((system, index) => ({
    ...system,
    parts: awsSystem(
      {
        ...{ name: nameOf(system.name), passwordPrefix: passwordPrefix(system.name) },
        ...{ namespace: system.namespace, aws: system.aws },
        ...{ below, config, authority, images: references(images) },
        watched: index === 0,
      },
      inAws,
    ),
  }));
  const identities = [
    ...deployed.map(({ parts }) => parts.identities),
    ...podIdentities(
      { name, region, below, secrets: deployed.map(({ parts }) => parts.secrets), identity },
      inAws,
    ),
  ];
  install({
    ...{ size, region, cluster, identities, systems: deployed.map(({ parts }) => parts) },
    operators,
  });

  return {
    clusterName: cluster.name,
    kubeconfig: cluster.kubeconfig,
    bootstrapServers: kafka.bootstrapServers,
    systems: Object.fromEntries(
      deployed.map(({ name: system, namespace, deployed: { reachIt }, parts }) => [
        system,
        {
          ...parts.outputs,
          reachIt: [
            cluster.name.apply((clusterName) => updateKubeconfig(clusterName, region, cli)),
            ...reachIt(`kubectl -n ${namespace}`),
          ],
        },
      ]),
    ),
  };
}

/** The systems that the configuration names. What cannot work is refused before anything is made. */
function declared(systems: Systems, config: AwsConfig, size: AwsSize) {
  const { region } = config;
  const chosen = chosenSystems(systems, 'awsMsk', config).map((system) => ({
    ...system,
    aws: system.deployed.declare({
      region,
      namespace: system.namespace,
      minReplicas: size.name === 'production' ? 1 : 0,
      mail: { host: config.mailHost, from: config.mailFrom, to: config.mailTo },
      ...(config.traceEndpoint !== undefined && { traceEndpoint: config.traceEndpoint }),
    }),
  }));
  requireOwnTopics(chosen);
  chosen.forEach((system) => requireNames(nameOf(system.name), system.aws));
  requirePartitions(
    size,
    chosen.flatMap(({ aws }) => aws.broker.topics),
  );
  const objects = chosen
    .flatMap(({ aws }) => renderObjects(aws.platform))
    .map(({ manifest }) => manifest);
  return { chosen, operators: operatorsOf(objects) };
}

/** What stands for images in the rendered objects. */
function references({ refs }: Images): PlaceholderValues {
  return new Map(
    [...refs].map(([image, ref]) => [
      `${AWS_PLACEHOLDERS.registry}/${image}:${AWS_PLACEHOLDERS.tag}`,
      ref,
    ]),
  );
}

/** What is installed into the cluster. */
interface Installation {
  readonly size: AwsSize;
  readonly region: string;
  readonly cluster: Infrastructure['cluster'];
  /** Operators that the rendered objects need. */
  readonly operators: readonly OperatorName[];
  /** What pods may do in AWS. */
  readonly identities: readonly pulumi.Resource[];
  readonly systems: readonly DeployedSystem[];
}

/** Installs operators and systems. */
function install(installation: Installation): void {
  const { size, region, cluster } = installation;
  const inCluster = {
    provider: clusterProvider(
      { kubeconfig: cluster.kubeconfig },
      { dependsOn: [...cluster.ready] },
    ),
  };
  const volumes = new KubernetesObject(ENCRYPTED_VOLUMES, {
    ...inCluster,
    dependsOn: [...cluster.ready],
  });
  const operators = new Operators(
    'operators',
    {
      install: [...installation.operators, 'externalSecrets', 'nodes'],
      values: { nodes: nodeAutoscalerValues(cluster.name, region) },
      highAvailability: size.name === 'production',
    },
    // A pod gets the identity that its ServiceAccount has when it starts.
    { ...inCluster, dependsOn: [...cluster.ready, volumes, ...installation.identities] },
  );
  installation.systems.forEach((system) => system.deploy(inCluster.provider, operators));
}

/** @throws RunError when two systems provision a topic of one name: they share the cluster. */
function requireOwnTopics(
  chosen: readonly { readonly name: string; readonly aws: AwsPlatform }[],
): void {
  const owners = new Map<string, string>();
  for (const { name, aws } of chosen) {
    for (const topic of aws.broker.topics) {
      const other = owners.get(topic.name);
      if (other !== undefined) {
        throw new pulumi.RunError(
          withCode(
            'EP7002',
            `systems '${other}' and '${name}' both provision topic '${topic.name}' of the MSK cluster that they share: let one import it (pubSub.importTopic), or give each system a stack`,
          ),
        );
      }
      owners.set(topic.name, name);
    }
  }
}
