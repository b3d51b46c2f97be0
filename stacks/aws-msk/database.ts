import { Instance } from '@pulumi/aws/rds/instance.js';
import { ParameterGroup } from '@pulumi/aws/rds/parameterGroup.js';
import { SubnetGroup } from '@pulumi/aws/rds/subnetGroup.js';
import * as pulumi from '@pulumi/pulumi';
import { madeUpPassword } from '../made-up-password.ts';
import { finalSnapshotName } from './final-snapshot.ts';
import { Firewall } from './firewall.ts';
import type { Network } from './network.ts';
import { ServiceRole } from './service-role.ts';
import type { AwsSize } from './sizes.ts';

/** Major version of PostgreSQL: that of the database in the cluster. AWS chooses the minor one. */
const VERSION = '18';
const PORT = 5432;

/** What {@link Database} is made from. */
export interface DatabaseArgs {
  readonly size: AwsSize;
  readonly network: Pick<Network, 'vpcId' | 'subnetIds'>;
  /** Security groups that may connect, by what they are. */
  readonly clients: Readonly<Record<string, pulumi.Input<string>>>;
  /** Database that is made with it. */
  readonly databaseName: string;
  /** Role that owns the database. */
  readonly username: string;
  /** ARN of the key that encrypts rows, backups and query statistics. */
  readonly keyArn: pulumi.Input<string>;
}

/** PostgreSQL in Amazon RDS, which takes connections with TLS only. */
export class Database extends pulumi.ComponentResource {
  public readonly host: pulumi.Output<string>;
  public readonly port: pulumi.Output<number>;
  public readonly username: pulumi.Output<string>;
  /** A secret. */
  public readonly password: pulumi.Output<string>;

  public constructor(name: string, args: DatabaseArgs, options?: pulumi.ComponentResourceOptions) {
    super('event-platform:aws:Database', name, {}, options);
    const { size, network, keyArn } = args;
    const child = { parent: this };
    const firewall = new Firewall(
      name,
      {
        vpcId: network.vpcId,
        description: 'PostgreSQL',
        ports: { postgres: PORT },
        clients: args.clients,
      },
      child,
    );
    const subnets = new SubnetGroup(
      name,
      { description: 'Without a way out', subnetIds: [...network.subnetIds.isolated] },
      child,
    );
    const parameters = new ParameterGroup(
      name,
      {
        description: 'TLS only, and slow queries in the log',
        family: `postgres${VERSION}`,
        parameters: [
          { name: 'rds.force_ssl', value: '1' },
          { name: 'log_min_duration_statement', value: '1000' },
        ],
      },
      child,
    );
    const monitor = new ServiceRole(
      `${name}-monitor`,
      {
        service: 'monitoring.rds.amazonaws.com',
        description: 'Writes figures of the operating system of the database',
        managedPolicies: ['service-role/AmazonRDSEnhancedMonitoringRole'],
      },
      child,
    );
    this.password = madeUpPassword(name, { ...child, protect: size.protectData });
    const instance = new Instance(
      name,
      {
        engine: 'postgres',
        engineVersion: VERSION,
        autoMinorVersionUpgrade: true,
        allowMajorVersionUpgrade: false,
        instanceClass: size.database.instanceClass,
        multiAz: size.database.multiAz,
        storageType: 'gp3',
        allocatedStorage: size.database.storage.toGibibytes(),
        maxAllocatedStorage: size.database.maxStorage.toGibibytes(),
        storageEncrypted: true,
        kmsKeyId: keyArn,
        dbName: args.databaseName,
        username: args.username,
        password: this.password,
        iamDatabaseAuthenticationEnabled: false,
        port: PORT,
        publiclyAccessible: false,
        dbSubnetGroupName: subnets.name,
        vpcSecurityGroupIds: [firewall.groupId],
        parameterGroupName: parameters.name,
        backupRetentionPeriod: size.database.backups.toDays(),
        backupWindow: '02:00-03:00',
        maintenanceWindow: 'sun:03:30-sun:04:30',
        copyTagsToSnapshot: true,
        deleteAutomatedBackups: !size.protectData,
        deletionProtection: size.protectData,
        skipFinalSnapshot: !size.protectData,
        ...(size.protectData && { finalSnapshotIdentifier: finalSnapshotName(name, this) }),
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: keyArn,
        // Days that cost nothing.
        performanceInsightsRetentionPeriod: 7,
        monitoringInterval: 60,
        monitoringRoleArn: monitor.arn,
        enabledCloudwatchLogsExports: ['postgresql', 'upgrade'],
      },
      { ...child, protect: size.protectData, dependsOn: [monitor] },
    );
    this.host = instance.address;
    this.port = instance.port;
    this.username = instance.username;
    this.registerOutputs({
      host: this.host,
      port: this.port,
      username: this.username,
      password: this.password,
    });
  }
}
