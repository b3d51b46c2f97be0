// AWS takes no part: this shows what is asked for, not what AWS makes of it.
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { ANSWERS, REGION } from '../testing/answers.ts';
import { record } from '../testing/recording.ts';
import {
  EKS_VERSION,
  KubernetesCluster,
  type KubernetesClusterArgs,
} from './kubernetes-cluster.ts';
import { AWS_SIZES } from './sizes.ts';
import { SIZES, someNetwork } from './testing.ts';

const CLUSTER = 'aws:eks/cluster:Cluster';
const ADDON = 'aws:eks/addon:Addon';
const GROUP = 'aws:eks/nodeGroup:NodeGroup';
const ATTACHMENT = 'aws:iam/rolePolicyAttachment:RolePolicyAttachment';
const ADMIN = 'arn:aws:iam::111122223333:role/deployer';

const make = (args: Partial<KubernetesClusterArgs> = {}) =>
  new KubernetesCluster('blue', {
    size: AWS_SIZES.dev,
    region: REGION,
    network: someNetwork(),
    keyArn: 'key-of-secrets',
    logKeyArn: 'key-of-logs',
    administrators: [ADMIN],
    tags: { project: 'p' },
    ...args,
  });
const made = (args?: Partial<KubernetesClusterArgs>) => record(() => make(args), ANSWERS);

describe.each(SIZES)('KubernetesCluster of size $name', (size) => {
  it('encrypts Secrets, logs everything, and is reached from inside only', async () => {
    const { only } = await made({ size });
    expect(only(CLUSTER)).toMatchObject({
      inputs: {
        version: EKS_VERSION,
        encryptionConfig: { provider: { keyArn: 'key-of-secrets' }, resources: ['secrets'] },
        enabledClusterLogTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'],
        accessConfig: {
          authenticationMode: 'API',
          bootstrapClusterCreatorAdminPermissions: false,
        },
        deletionProtection: size.protectData,
        vpcConfig: {
          subnetIds: ['private-0', 'private-1', 'private-2'],
          endpointPrivateAccess: true,
          endpointPublicAccess: false,
        },
      },
      protect: size.protectData,
    });
  });

  it('has nodes that stay and nodes of several types that need not', async () => {
    const { only } = await made({ size });
    const stay = only(GROUP, `blue-nodes-on-demand-${size.nodes.onDemand.least}`).inputs;
    expect(stay).toMatchObject({
      capacityType: 'ON_DEMAND',
      instanceTypes: size.nodes.onDemand.instanceTypes,
    });
    const spot = only(GROUP, `blue-nodes-spot-${size.nodes.spot.least}`).inputs;
    expect(spot).toMatchObject({
      capacityType: 'SPOT',
      instanceTypes: size.nodes.spot.instanceTypes,
      scalingConfig: { minSize: size.nodes.spot.least, maxSize: size.nodes.spot.most },
    });
    // Other pods may run there as well.
    expect(spot).not.toHaveProperty('taints');
  });
});

describe('KubernetesCluster', () => {
  it('keeps the identity of nodes from pods, and their disks encrypted', async () => {
    const { ofType } = await made();
    const templates = ofType('aws:ec2/launchTemplate:LaunchTemplate');
    expect(templates).toHaveLength(2);
    for (const { inputs } of templates) {
      expect(inputs).toMatchObject({
        metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1 },
        blockDeviceMappings: [{ ebs: { volumeType: 'gp3', encrypted: 'true' } }],
        tagSpecifications: ['instance', 'volume', 'network-interface'].map((resourceType) => ({
          resourceType,
          tags: { project: 'p' },
        })),
      });
    }
  });

  it('gives nodes no more than they need', async () => {
    const { ofType } = await made();
    const policies = ofType(ATTACHMENT)
      .filter(({ name }) => name.startsWith('blue-nodes-'))
      .map(({ inputs }) => inputs.policyArn);
    expect(policies).toEqual([
      'arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly',
      'arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy',
    ]);
  });

  it('enforces network policies, and gives add-ons identities of their own', async () => {
    const { only, ofType } = await made();
    expect(ofType(ADDON).map(({ inputs }) => inputs.addonName)).toEqual([
      'aws-ebs-csi-driver',
      'coredns',
      'eks-pod-identity-agent',
      'kube-proxy',
      'metrics-server',
      'vpc-cni',
    ]);
    expect(only(ADDON, 'blue-vpc-cni').inputs).toMatchObject({
      configurationValues: '{"enableNetworkPolicy":"true"}',
      podIdentityAssociations: [{ serviceAccount: 'aws-node' }],
    });
    expect(only(ADDON, 'blue-aws-ebs-csi-driver').inputs).toMatchObject({
      podIdentityAssociations: [{ serviceAccount: 'ebs-csi-controller-sa' }],
    });
    expect(
      only(ATTACHMENT, 'blue-aws-ebs-csi-driver-AmazonEBSCSIDriverPolicy').inputs.policyArn,
    ).toBe('arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy');
  });

  it('adds what needs nodes after them, and what nodes need without waiting for them', async () => {
    const { only } = await made();
    const group = only(GROUP, `blue-nodes-on-demand-${AWS_SIZES.dev.nodes.onDemand.least}`).urn;
    expect(only(ADDON, 'blue-coredns').dependencies).toContain(group);
    expect(only(ADDON, 'blue-aws-ebs-csi-driver').dependencies).toContain(group);
    expect(only(ADDON, 'blue-vpc-cni').dependencies).not.toContain(group);
    expect(only(ADDON, 'blue-eks-pod-identity-agent').dependencies).not.toContain(group);
  });

  it('has logs that end, under the name that EKS writes to, before EKS makes them itself', async () => {
    const { only } = await made();
    const logs = only('aws:cloudwatch/logGroup:LogGroup');
    expect(logs.inputs).toMatchObject({
      name: '/aws/eks/blue/cluster',
      retentionInDays: 7,
      kmsKeyId: 'key-of-logs',
    });
    expect(only(CLUSTER).inputs.name).toBe('blue');
    expect(only(CLUSTER).dependencies).toContain(logs.urn);
  });

  it('makes administrators of those that are named', async () => {
    const { only } = await made();
    expect(only('aws:eks/accessEntry:AccessEntry').inputs).toMatchObject({ principalArn: ADMIN });
    expect(only('aws:eks/accessPolicyAssociation:AccessPolicyAssociation').inputs).toMatchObject({
      principalArn: ADMIN,
      policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
      accessScope: { type: 'cluster' },
    });
  });

  it('is reached from outside by those that are named', async () => {
    const { only } = await made({ publicAccessCidrs: ['203.0.113.7/32'] });
    expect(only(CLUSTER).inputs).toMatchObject({
      vpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ['203.0.113.7/32'] },
    });
  });

  it('gives a kubeconfig that asks the AWS CLI for a token, as a secret', async () => {
    const found: Promise<unknown>[] = [];
    await record(() => {
      const { kubeconfig } = make();
      found.push(pulumi.isSecret(kubeconfig));
      found.push(
        new Promise((resolve) => {
          kubeconfig.apply((text) => resolve(JSON.parse(text)));
        }),
      );
    }, ANSWERS);
    expect(await Promise.all(found)).toMatchObject([
      true,
      {
        clusters: [
          {
            name: 'blue',
            cluster: { server: 'https://cluster.example', 'certificate-authority-data': 'QQ==' },
          },
        ],
        users: [
          {
            user: {
              exec: {
                command: 'aws',
                args: ['eks', 'get-token', '--cluster-name', 'blue', '--region', REGION],
              },
            },
          },
        ],
        'current-context': 'blue',
      },
    ]);
  });

  it('refuses more ranges than EKS takes', async () => {
    const publicAccessCidrs = Array.from({ length: 41 }, (_, index) => `203.0.113.${index}/32`);
    await expect(made({ publicAccessCidrs })).rejects.toThrow(
      'publicAccessCidrs has 41 ranges, and EKS takes 40: use larger ranges',
    );
  });

  it('names all that would lock out everybody, or let everybody in', async () => {
    await expect(
      made({ administrators: [], publicAccessCidrs: ['0.0.0.0/0', 'home', '203.0.113.7/32'] }),
    ).rejects.toThrow(
      /^cluster 'blue' cannot be made:\n- administrators are empty.*\n- publicAccessCidrs has '0.0.0.0\/0'.*\n- publicAccessCidrs has 'home'[^\n]*$/,
    );
  });
});
