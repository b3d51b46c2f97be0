import { ReplicationGroup } from '@pulumi/aws/elasticache/replicationGroup.js';
import { SubnetGroup } from '@pulumi/aws/elasticache/subnetGroup.js';
import * as pulumi from '@pulumi/pulumi';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import { generatedPassword } from '../kubernetes/generated-password.ts';
import { finalSnapshotName } from './final-snapshot.ts';
import { Firewall } from './firewall.ts';
import type { Network } from './network.ts';
import type { AwsSize } from './sizes.ts';
import { keptVersions, noteOtherVersion, type Upgrade } from './upgrades.ts';

/** Version of a new cache. AWS changes the minor one by itself. */
export const VALKEY_VERSION = '8.0';
const PORT = 6379;
/** ElastiCache allows 40, of which Pulumi takes 8. */
const NAME_LIMIT = 32;

/** What {@link Cache} is made from. */
export interface CacheArgs {
  readonly size: AwsSize;
  readonly network: Pick<Network, 'vpcId' | 'subnetIds'>;
  /** Security groups that may connect, by what they are. */
  readonly clients: Readonly<Record<string, pulumi.Input<string>>>;
  /** ARN of the key that encrypts values and snapshots. */
  readonly keyArn: pulumi.Input<string>;
  /** What is upgraded. @default - nothing */
  readonly upgrade?: Upgrade;
}

/** @throws RunError when AWS does not take the name. */
export function requireCacheName(name: string): void {
  if (name.length > NAME_LIMIT) {
    throw new pulumi.RunError(
      withCode(
        'EP7002',
        `'${name}' has ${name.length} characters, and the name of a cache may have ${NAME_LIMIT}: use a shorter name for the stack`,
      ),
    );
  }
}

/**
 * A cache in Amazon ElastiCache, which takes connections with TLS and a token only. It is
 * Valkey: clients of Redis work with it as they are, it is free software, and AWS asks a fifth less.
 */
export class Cache extends pulumi.ComponentResource {
  /** Host name of the primary, whichever node that is. */
  public readonly host: pulumi.Output<string>;
  public readonly port: pulumi.Output<number>;
  /** What clients log in with, as the password of no user in particular. A secret. */
  public readonly token: pulumi.Output<string>;

  public constructor(name: string, args: CacheArgs, options?: pulumi.ComponentResourceOptions) {
    super('event-platform:aws:Cache', name, {}, options);
    requireCacheName(name);
    const { size, network } = args;
    const child = { parent: this };
    const firewall = new Firewall(
      name,
      {
        vpcId: network.vpcId,
        description: 'Valkey',
        ports: { valkey: PORT },
        clients: args.clients,
      },
      child,
    );
    const subnets = new SubnetGroup(
      name,
      { description: 'Without a way out', subnetIds: [...network.subnetIds.isolated] },
      child,
    );
    // 16 to 128 characters; letters and digits are all allowed.
    this.token = generatedPassword(name, { ...child, protect: size.protectData, length: 64 });
    const nodes = 1 + size.cache.replicas;
    const group = new ReplicationGroup(
      name,
      {
        description: `Cache ${name}`,
        engine: 'valkey',
        engineVersion: VALKEY_VERSION,
        autoMinorVersionUpgrade: true,
        nodeType: size.cache.nodeType,
        numCacheClusters: nodes,
        automaticFailoverEnabled: nodes > 1,
        multiAzEnabled: nodes > 1,
        port: PORT,
        subnetGroupName: subnets.name,
        securityGroupIds: [firewall.groupId],
        transitEncryptionEnabled: true,
        transitEncryptionMode: 'required',
        authToken: this.token,
        // The old token works until clients have the new one.
        authTokenUpdateStrategy: 'ROTATE',
        atRestEncryptionEnabled: true,
        kmsKeyId: args.keyArn,
        snapshotRetentionLimit: size.cache.snapshots.toDays(),
        snapshotWindow: '02:00-03:00',
        maintenanceWindow: 'sun:03:30-sun:04:30',
        ...(size.protectData && { finalSnapshotIdentifier: finalSnapshotName(name, this) }),
      },
      {
        ...child,
        protect: size.protectData,
        ignoreChanges: keptVersions('valkey', args.upgrade, ['engineVersion']),
      },
    );
    noteOtherVersion('valkey', VALKEY_VERSION, group.engineVersion, group);
    this.host = group.primaryEndpointAddress;
    this.port = pulumi.output(PORT);
    this.registerOutputs({ host: this.host, port: this.port, token: this.token });
  }
}
