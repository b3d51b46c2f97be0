import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import { Instance, type InstanceArgs } from '@pulumi/aws/rds/instance.js';
import { ParameterGroup } from '@pulumi/aws/rds/parameterGroup.js';
import { SubnetGroup } from '@pulumi/aws/rds/subnetGroup.js';
import * as pulumi from '@pulumi/pulumi';
import { RandomId } from '@pulumi/random/randomId.js';
import { generatedPassword } from '../kubernetes/generated-password.ts';
import { finalSnapshotName } from './final-snapshot.ts';
import { Firewall } from './firewall.ts';
import type { Network } from './network.ts';
import { ServiceRole } from './service-role.ts';
import type { AwsSize } from './sizes.ts';
import { keptVersions, noteOtherVersion, type Upgrade } from './upgrades.ts';

/** Major version of PostgreSQL: that of the database in the cluster. AWS chooses the minor one. */
export const POSTGRES_VERSION = '18';
const PORT = 5432;

/** Logs of the server that go to CloudWatch. */
const LOGS = ['postgresql', 'upgrade'];

/**
 * Settings of the server. Logs are read by more people than rows are, and are kept apart from them, so
 * values of rows are kept out:
 *
 * - Slow statements are logged with their text. Values are parameters of it in all that the platform
 *   sends, and parameters are logged neither with a slow statement nor with one that fails.
 * - `terse` leaves out the DETAIL of an error, which has the keys or the whole row: `Key (user_id)=(…)
 *   already exists`, `Failing row contains (…)`. Clients still get it. What it costs is CONTEXT and HINT.
 * - The text of a statement that fails stays (`log_min_error_statement`): without it, an error says
 *   nothing. A value that somebody writes into the text of a statement by hand is logged.
 * - Performance Insights keeps texts of statements too, for seven days and under our key, and no
 *   parameters.
 */
const PARAMETERS: Readonly<Record<string, string>> = {
  'rds.force_ssl': '1',
  log_min_duration_statement: '1000',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_error_verbosity: 'terse',
};

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
  /** ARN of the key that encrypts logs. */
  readonly logKeyArn: pulumi.Input<string>;
  /** What is upgraded. @default - nothing */
  readonly upgrade?: Upgrade;
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
    const { size, network } = args;
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
    const parameters = this.#parameters(name, args.upgrade);
    const monitor = new ServiceRole(
      `${name}-monitor`,
      {
        service: 'monitoring.rds.amazonaws.com',
        description: 'Writes metrics of the operating system of the database',
        managedPolicies: ['service-role/AmazonRDSEnhancedMonitoringRole'],
      },
      child,
    );
    const { hex } = new RandomId(`${name}-id`, { byteLength: 4 }, child);
    const identifier = pulumi.interpolate`${name}-${hex}`;
    const logs = this.#logs(name, identifier, args);
    this.password = generatedPassword(name, { ...child, protect: size.protectData });
    const instance = this.#instance(
      name,
      args,
      {
        identifier,
        dbSubnetGroupName: subnets.name,
        vpcSecurityGroupIds: [firewall.groupId],
        parameterGroupName: parameters.name,
        monitoringRoleArn: monitor.arn,
      },
      [monitor, ...logs],
    );
    noteOtherVersion('postgres', POSTGRES_VERSION, instance.engineVersionActual, instance);
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

  #parameters(name: string, upgrade: Upgrade | undefined): ParameterGroup {
    return new ParameterGroup(
      name,
      {
        description: 'TLS only, and slow queries in the log',
        family: `postgres${POSTGRES_VERSION}`,
        parameters: Object.entries(PARAMETERS).map(([setting, value]) => ({
          name: setting,
          value,
        })),
      },
      {
        parent: this,
        // What would make another group, which the server below would not follow.
        ignoreChanges: keptVersions('postgres', upgrade, ['family', 'description']),
      },
    );
  }

  /** RDS would make the groups itself, with no end and under the key of AWS. */
  #logs(
    name: string,
    identifier: pulumi.Output<string>,
    { size, logKeyArn }: DatabaseArgs,
  ): LogGroup[] {
    return LOGS.map(
      (log) =>
        new LogGroup(
          `${name}-${log}`,
          {
            name: pulumi.interpolate`/aws/rds/instance/${identifier}/${log}`,
            retentionInDays: size.logRetention.toDays(),
            kmsKeyId: logKeyArn,
          },
          { parent: this },
        ),
    );
  }

  /** @param references what the server gets from the other resources. */
  #instance(
    name: string,
    { size, keyArn, databaseName, username, upgrade }: DatabaseArgs,
    references: Partial<InstanceArgs>,
    dependsOn: pulumi.Resource[],
  ): Instance {
    const { database } = size;
    return new Instance(
      name,
      {
        ...references,
        engine: 'postgres',
        engineVersion: POSTGRES_VERSION,
        autoMinorVersionUpgrade: true,
        allowMajorVersionUpgrade: false,
        instanceClass: database.instanceClass,
        multiAz: database.multiAz,
        storageType: 'gp3',
        allocatedStorage: database.storage.toGibibytes(),
        maxAllocatedStorage: database.maxStorage.toGibibytes(),
        storageEncrypted: true,
        kmsKeyId: keyArn,
        dbName: databaseName,
        username,
        password: this.password,
        iamDatabaseAuthenticationEnabled: false,
        port: PORT,
        publiclyAccessible: false,
        backupRetentionPeriod: database.backups.toDays(),
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
        enabledCloudwatchLogsExports: LOGS,
      },
      {
        parent: this,
        protect: size.protectData,
        dependsOn,
        // At the end of support AWS brings a new major version, with parameters of its own.
        ignoreChanges: [
          // A database that has another name keeps it: renaming restarts it at another address.
          'identifier',
          ...keptVersions('postgres', upgrade, ['engineVersion', 'parameterGroupName']),
        ],
      },
    );
  }
}
