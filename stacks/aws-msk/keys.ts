import { Alias } from '@pulumi/aws/kms/alias.js';
import { Key } from '@pulumi/aws/kms/key.js';
import * as pulumi from '@pulumi/pulumi';
import { policyDocument, type PolicyStatement } from './policy-document.ts';
import type { AwsSize } from './sizes.ts';

/** Kinds of data that have a key of their own, and what the key encrypts. */
const KINDS = {
  cache: 'values in ElastiCache',
  database: 'rows, backups and query statistics in RDS',
  kafka: 'events in MSK',
  kubernetes: 'Secrets in the database of EKS',
  logs: 'logs in CloudWatch',
  secrets: 'secrets in Secrets Manager',
} as const;

/** A kind of data with a key of its own. */
export type DataKind = keyof typeof KINDS;

/** What {@link EncryptionKeys} is made from. */
export interface EncryptionKeysArgs {
  readonly size: AwsSize;
  readonly region: pulumi.Input<string>;
  /** Number of the AWS account. */
  readonly accountId: pulumi.Input<string>;
}

/**
 * Keys of our own, one for each kind of data, so that a reader of one cannot read the other.
 * AWS renews them each year and keeps what is old readable.
 */
export class EncryptionKeys extends pulumi.ComponentResource {
  /** ARNs by kind of data. */
  public readonly arns: Readonly<Record<DataKind, pulumi.Output<string>>>;

  public constructor(
    name: string,
    args: EncryptionKeysArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super('event-platform:aws:EncryptionKeys', name, {}, options);
    const policyOf = (kind: DataKind) =>
      pulumi
        .all([args.accountId, args.region])
        .apply(([accountId, region]) => keyPolicy(kind, accountId, region));
    const keyOf = (kind: DataKind): pulumi.Output<string> => {
      const key = new Key(
        `${name}-${kind}`,
        {
          description: `${name}: ${KINDS[kind]}`,
          enableKeyRotation: true,
          deletionWindowInDays: args.size.recovery.toDays(),
          policy: policyOf(kind),
        },
        { parent: this, protect: args.size.protectData },
      );
      new Alias(`${name}-${kind}`, { targetKeyId: key.id }, { parent: this });
      return key.arn;
    };
    this.arns = {
      cache: keyOf('cache'),
      database: keyOf('database'),
      kafka: keyOf('kafka'),
      kubernetes: keyOf('kubernetes'),
      logs: keyOf('logs'),
      secrets: keyOf('secrets'),
    };
    this.registerOutputs({ arns: this.arns });
  }
}

/** Who may use a key. In the policy of a key, `*` is the key itself. */
function keyPolicy(kind: DataKind, accountId: string, region: string): string {
  const statements: PolicyStatement[] = [
    {
      // Roles of the account get rights by their own policies.
      Sid: 'Account',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${accountId}:root` },
      Action: ['kms:*'],
      Resource: '*',
    },
  ];
  if (kind === 'logs') {
    statements.push({
      Sid: 'Logs',
      Effect: 'Allow',
      Principal: { Service: `logs.${region}.amazonaws.com` },
      Action: [
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKey*',
        'kms:ReEncrypt*',
      ],
      Resource: '*',
      Condition: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${accountId}:log-group:*`,
        },
      },
    });
  }
  return policyDocument(statements);
}
