import { join } from 'node:path';
import { Provider } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import type { AwsPlatform } from '../../charts/system.ts';
import { SYSTEMS, type Systems } from '../../charts/systems.ts';
import { AWS_PLACEHOLDERS } from '../../charts/tasks/aws-msk.ts';
import { renderObjects } from '../../constructs/index.ts';
import { clusterProvider } from '../kubernetes/cluster-provider.ts';
import { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { PlaceholderValues } from '../kubernetes/placeholders.ts';
import type { StackOutputs } from '../stack-outputs.ts';
import { OPERATORS, Operators, operatorsOf } from '../operators.ts';
import { chosenSystems, imagesOf, nameOf } from '../systems.ts';
import { awsSystem } from './aws-system.ts';
import { awsConfig } from './config.ts';
import { databaseAuthority } from './database-authority.ts';
import { deployer } from './deployer.ts';
import { PodIdentity, secretReaderStatements } from './identities.ts';
import { Images } from './images.ts';
import { infrastructure } from './infrastructure.ts';
import { updateKubeconfig } from './kubeconfig.ts';
import {
  NODE_AUTOSCALER,
  nodeAutoscalerStatements,
  nodeAutoscalerValues,
} from './node-autoscaler.ts';
import { ownTags } from './provider-settings.ts';
import { AWS_SIZES } from './sizes.ts';
import { ENCRYPTED_VOLUMES } from './storage-class.ts';
import { availabilityZones } from './zones.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Systems on EKS, with MSK, RDS and ElastiCache. */
export async function program(systems: Systems = SYSTEMS): Promise<StackOutputs> {
  const config = awsConfig(systems);
  const { region } = config;
  const size = AWS_SIZES[config.size];
  const name = pulumi.getStack();
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
  // What cannot work is refused before anything is made.
  requireOwnTopics(chosen);
  const objects = chosen
    .flatMap(({ aws }) => renderObjects(aws.platform))
    .map(({ manifest }) => manifest);
  const authority = databaseAuthority(region);

  const { args, cli, allowedAccountIds } = config.provider;
  const tags = { ...config.provider.tags, ...ownTags(size.name) };
  if (config.upgrade.length > 0) {
    void pulumi.log.warn(
      `this update may change the versions of ${config.upgrade.join(', ')}: stop if the preview replaces one of them, and run this afterwards: pulumi config rm upgrade`,
    );
  }
  const accounts = config.accountId === undefined ? allowedAccountIds : [config.accountId];
  const provider = new Provider('aws', {
    ...args,
    region,
    defaultTags: { tags },
    ...(accounts !== undefined && { allowedAccountIds: [...accounts] }),
  });
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
  const { cluster, kafka, keys } = below;
  const images = new Images(
    name,
    { size, images: imagesOf(chosen), tag: config.imageTag, root: ROOT },
    inAws,
  );
  const references: PlaceholderValues = new Map(
    [...images.refs].map(([image, ref]) => [
      `${AWS_PLACEHOLDERS.registry}/${image}:${AWS_PLACEHOLDERS.tag}`,
      ref,
    ]),
  );
  const deployed = chosen.map(({ name: system, namespace, aws, deployed: { reachIt } }, index) => ({
    system,
    namespace,
    reachIt,
    parts: awsSystem(
      {
        name: nameOf(system),
        namespace,
        aws,
        below,
        config,
        authority,
        images: references,
        watched: index === 0,
      },
      inAws,
    ),
  }));

  const { externalSecrets, nodes } = OPERATORS;
  const identities = [
    ...deployed.map(({ parts }) => parts.identities),
    new PodIdentity(
      `${name}-external-secrets`,
      {
        cluster,
        serviceAccount: { namespace: externalSecrets.namespace, name: 'external-secrets' },
        description: 'Reads the secrets of the platform',
        statements: pulumi
          .all([pulumi.all(deployed.map(({ parts }) => parts.secrets.arns)), keys.secrets])
          .apply(([arns, key]) => secretReaderStatements(arns.flat(), key, region)),
        longestStatements: secretReaderStatements(
          deployed.flatMap(({ parts }) => parts.secrets.longestArns(region)),
          `arn:aws:kms:${region}:${identity.accountId}:key/${'0'.repeat(36)}`,
          region,
        ),
      },
      inAws,
    ),
    new PodIdentity(
      `${name}-node-autoscaler`,
      {
        cluster,
        serviceAccount: { namespace: nodes.namespace, name: NODE_AUTOSCALER },
        description: 'Adds nodes for pods that wait for one, and takes idle nodes away',
        statements: pulumi
          .all([cluster.name, identity.accountId])
          .apply(([clusterName, accountId]) =>
            nodeAutoscalerStatements({ clusterName, region, accountId }),
          ),
      },
      inAws,
    ),
  ];
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
      install: [...operatorsOf(objects), 'externalSecrets', 'nodes'],
      values: { nodes: nodeAutoscalerValues(cluster.name, region) },
      highAvailability: size.name === 'production',
    },
    // A pod gets the identity that its ServiceAccount has when it starts.
    { ...inCluster, dependsOn: [...cluster.ready, volumes, ...identities] },
  );
  deployed.forEach(({ parts }) => parts.deploy(inCluster.provider, operators));

  return {
    clusterName: cluster.name,
    kubeconfig: cluster.kubeconfig,
    bootstrapServers: kafka.bootstrapServers,
    systems: Object.fromEntries(
      deployed.map(({ system, namespace, reachIt, parts }) => [
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
          `systems '${other}' and '${name}' both provision topic '${topic.name}' of the MSK cluster that they share: let one import it (pubSub.importTopic), or give each system a stack`,
        );
      }
      owners.set(topic.name, name);
    }
  }
}
