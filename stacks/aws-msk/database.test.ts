// AWS takes no part: this shows what is asked for, not what AWS makes of it.
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { ANSWERS } from '../testing/answers.ts';
import { record } from '../testing/recording.ts';
import { Database } from './database.ts';
import { AWS_SIZES, type AwsSize } from './sizes.ts';
import { SIZES, someNetwork } from './testing.ts';

const INSTANCE = 'aws:rds/instance:Instance';
const made = (size: AwsSize) =>
  record(
    () =>
      new Database('blue-database', {
        size,
        network: someNetwork(),
        clients: { nodes: 'sg-nodes' },
        keyArn: 'key-of-rows',
        logKeyArn: 'key-of-logs',
        databaseName: 'event_platform',
        username: 'event_platform',
      }),
    ANSWERS,
  );

describe.each(SIZES)('Database of size $name', (size) => {
  it('is encrypted with our key, out of reach from outside, and as large as the size says', async () => {
    const { only } = await made(size);
    expect(only(INSTANCE)).toMatchObject({
      inputs: {
        engine: 'postgres',
        engineVersion: '18',
        instanceClass: size.database.instanceClass,
        multiAz: size.database.multiAz,
        allocatedStorage: size.database.storage.toGibibytes(),
        backupRetentionPeriod: size.database.backups.toDays(),
        storageEncrypted: true,
        kmsKeyId: 'key-of-rows',
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: 'key-of-rows',
        publiclyAccessible: false,
        dbSubnetGroupName: 'blue-database-1234567',
        copyTagsToSnapshot: true,
        autoMinorVersionUpgrade: true,
        allowMajorVersionUpgrade: false,
        iamDatabaseAuthenticationEnabled: false,
      },
    });
    expect(only('aws:rds/subnetGroup:SubnetGroup').inputs.subnetIds).toEqual([
      'isolated-0',
      'isolated-1',
      'isolated-2',
    ]);
  });

  it('is guarded as the size says', async () => {
    const { only } = await made(size);
    expect(only(INSTANCE)).toMatchObject({
      inputs: {
        deletionProtection: size.protectData,
        skipFinalSnapshot: !size.protectData,
        deleteAutomatedBackups: !size.protectData,
      },
      protect: size.protectData,
    });
    // Losing the password while the database stays would lock everybody out.
    expect(only('random:index/randomPassword:RandomPassword').protect).toBe(size.protectData);
  });
});

describe('Database', () => {
  it('takes a last snapshot under a name that is free', async () => {
    const { only } = await made(AWS_SIZES.production);
    expect(only(INSTANCE).inputs.finalSnapshotIdentifier).toBe('blue-database-final-c0ffee00');
    const dev = await made(AWS_SIZES.dev);
    expect(dev.only(INSTANCE).inputs).not.toHaveProperty('finalSnapshotIdentifier');
  });

  it('takes connections with TLS only', async () => {
    const { only } = await made(AWS_SIZES.dev);
    expect(only('aws:rds/parameterGroup:ParameterGroup').inputs).toMatchObject({
      family: 'postgres18',
      parameters: expect.arrayContaining([{ name: 'rds.force_ssl', value: '1' }]) as unknown,
    });
    expect(only(INSTANCE).inputs.parameterGroupName).toBe('blue-database-1234567');
  });

  it('logs slow statements without values, and errors without rows', async () => {
    const { only } = await made(AWS_SIZES.dev);
    const { parameters } = only('aws:rds/parameterGroup:ParameterGroup').inputs;
    expect(parameters).toEqual([
      { name: 'rds.force_ssl', value: '1' },
      { name: 'log_min_duration_statement', value: '1000' },
      { name: 'log_parameter_max_length', value: '0' },
      { name: 'log_parameter_max_length_on_error', value: '0' },
      { name: 'log_error_verbosity', value: 'terse' },
    ]);
    // Performance Insights has the text of statements for as long.
    expect(only(INSTANCE).inputs.performanceInsightsRetentionPeriod).toBe(7);
  });

  it('has logs that end, under our key, before RDS makes them itself', async () => {
    const { only, ofType } = await made(AWS_SIZES.dev);
    const logs = ofType('aws:cloudwatch/logGroup:LogGroup');
    const { identifier } = only(INSTANCE).inputs;
    expect(identifier).toBe('blue-database-c0ffee00');
    expect(logs.map(({ inputs }) => inputs)).toEqual(
      ['postgresql', 'upgrade'].map((log) => ({
        name: `/aws/rds/instance/blue-database-c0ffee00/${log}`,
        retentionInDays: 7,
        kmsKeyId: 'key-of-logs',
      })),
    );
    expect(only(INSTANCE).dependencies).toEqual(expect.arrayContaining(logs.map(({ urn }) => urn)));
  });

  it('lets nodes in on the port of PostgreSQL, and nobody else', async () => {
    const { only } = await made(AWS_SIZES.dev);
    expect(only('aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule').inputs).toMatchObject({
      referencedSecurityGroupId: 'sg-nodes',
      fromPort: 5432,
      toPort: 5432,
    });
    expect(only(INSTANCE).inputs.vpcSecurityGroupIds).toEqual(['blue-database-id']);
  });

  it('keeps the password secret, in and out', async () => {
    const secretness: Promise<boolean>[] = [];
    const { only } = await record(() => {
      const database = new Database('blue-database', {
        size: AWS_SIZES.dev,
        network: someNetwork(),
        clients: {},
        keyArn: 'key',
        logKeyArn: 'key',
        databaseName: 'event_platform',
        username: 'event_platform',
      });
      secretness.push(pulumi.isSecret(database.password), pulumi.isSecret(database.host));
    }, ANSWERS);
    expect(only(INSTANCE).secrets).toEqual(['password']);
    expect(await Promise.all(secretness)).toEqual([true, false]);
  });

  it('has its operating system watched, by a role that has its rights first', async () => {
    const { only } = await made(AWS_SIZES.dev);
    const attachment = only('aws:iam/rolePolicyAttachment:RolePolicyAttachment');
    expect(attachment.inputs.policyArn).toBe(
      'arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole',
    );
    expect(only(INSTANCE)).toMatchObject({ inputs: { monitoringInterval: 60 } });
    expect(only(INSTANCE).dependencies).toContain(attachment.urn);
  });
});
