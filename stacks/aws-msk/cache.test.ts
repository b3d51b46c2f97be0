// AWS takes no part: this shows what is asked for, not what AWS makes of it.
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { ANSWERS } from '../testing/answers.ts';
import { record } from '../testing/recording.ts';
import { Cache } from './cache.ts';
import { AWS_SIZES, type AwsSize } from './sizes.ts';
import { SIZES, someNetwork } from './testing.ts';

const GROUP = 'aws:elasticache/replicationGroup:ReplicationGroup';
const make = (size: AwsSize, name = 'blue-cache') =>
  new Cache(name, {
    size,
    network: someNetwork(),
    clients: { nodes: 'sg-nodes' },
    keyArn: 'key-of-state',
  });
const made = (size: AwsSize, name?: string) => record(() => make(size, name), ANSWERS);

describe.each(SIZES)('Cache of size $name', (size) => {
  it('is encrypted at rest and on the way, and asks for a token', async () => {
    const { only } = await made(size);
    expect(only(GROUP)).toMatchObject({
      inputs: {
        engine: 'valkey',
        nodeType: size.cache.nodeType,
        transitEncryptionEnabled: true,
        transitEncryptionMode: 'required',
        atRestEncryptionEnabled: true,
        kmsKeyId: 'key-of-state',
        authToken: 'open-sesame',
        snapshotRetentionLimit: size.cache.snapshots.toDays(),
      },
      secrets: ['authToken'],
      protect: size.protectData,
    });
  });
});

describe('Cache', () => {
  it('fails over to another zone where there are replicas', async () => {
    const { inputs } = (await made(AWS_SIZES.production)).only(GROUP);
    expect(inputs).toMatchObject({
      numCacheClusters: 3,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      finalSnapshotIdentifier: 'blue-cache-final-c0ffee00',
    });
  });

  it('does not ask for it where there are none, which AWS refuses', async () => {
    const { inputs } = (await made(AWS_SIZES.dev)).only(GROUP);
    expect(inputs).toMatchObject({
      numCacheClusters: 1,
      automaticFailoverEnabled: false,
      multiAzEnabled: false,
    });
    expect(inputs).not.toHaveProperty('finalSnapshotIdentifier');
  });

  it('is in isolated subnets, and lets nodes in on its port only', async () => {
    const { only } = await made(AWS_SIZES.dev);
    expect(only('aws:elasticache/subnetGroup:SubnetGroup').inputs.subnetIds).toEqual([
      'isolated-0',
      'isolated-1',
      'isolated-2',
    ]);
    expect(only('aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule').inputs).toMatchObject({
      referencedSecurityGroupId: 'sg-nodes',
      fromPort: 6379,
      toPort: 6379,
    });
    expect(only(GROUP).inputs.securityGroupIds).toEqual(['blue-cache-id']);
  });

  it('makes up a token that AWS takes, and keeps it secret', async () => {
    const secretness: Promise<boolean>[] = [];
    const { only } = await record(() => {
      secretness.push(pulumi.isSecret(make(AWS_SIZES.dev).token));
    }, ANSWERS);
    expect(only('random:index/randomPassword:RandomPassword').inputs).toMatchObject({
      length: 64,
      special: false,
    });
    expect(await Promise.all(secretness)).toEqual([true]);
  });

  it('refuses names that AWS would', async () => {
    await expect(made(AWS_SIZES.dev, 'c'.repeat(33))).rejects.toThrow(
      'has 33 characters, and the name of a cache may have 32',
    );
  });
});
