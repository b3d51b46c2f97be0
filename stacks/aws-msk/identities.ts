import { PodIdentityAssociation } from '@pulumi/aws/eks/podIdentityAssociation.js';
import * as pulumi from '@pulumi/pulumi';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import {
  type KafkaGrants,
  kafkaStatements,
  lagStatements,
  requireGrants,
} from './kafka-statements.ts';
import { allow, type PolicyStatement } from './policy-document.ts';
import { PODS, ServiceRole } from './service-role.ts';

/** A ServiceAccount of Kubernetes. */
export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

/** The cluster whose pods get identities. */
export interface IdentityCluster {
  readonly name: pulumi.Input<string>;
  readonly arn: pulumi.Input<string>;
}

/** What {@link PodIdentity} is made from. */
export interface PodIdentityArgs {
  readonly cluster: IdentityCluster;
  readonly serviceAccount: ServiceAccountName;
  /** What the pods are. */
  readonly description: string;
  /** What they may do. */
  readonly statements: pulumi.Input<readonly PolicyStatement[]>;
  /** The same at their longest, when they grow. @default - they fit into one policy */
  readonly longestStatements?: readonly PolicyStatement[];
}

/**
 * The AWS identity of the pods of one ServiceAccount. Its role can be taken on by them alone, not by
 * those of another namespace or cluster.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
 */
export class PodIdentity extends pulumi.ComponentResource {
  public readonly roleArn: pulumi.Output<string>;

  public constructor(
    name: string,
    args: PodIdentityArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super('event-platform:aws:PodIdentity', name, {}, options);
    const { cluster, serviceAccount } = args;
    const role = new ServiceRole(
      name,
      {
        service: PODS,
        description: args.description,
        statements: args.statements,
        ...(args.longestStatements !== undefined && {
          longestStatements: args.longestStatements,
        }),
        condition: pulumi.output(cluster.arn).apply((arn) => ({
          StringEquals: {
            'aws:RequestTag/eks-cluster-arn': arn,
            'aws:RequestTag/kubernetes-namespace': serviceAccount.namespace,
            'aws:RequestTag/kubernetes-service-account': serviceAccount.name,
          },
        })),
      },
      { parent: this },
    );
    new PodIdentityAssociation(
      name,
      {
        clusterName: cluster.name,
        namespace: serviceAccount.namespace,
        serviceAccount: serviceAccount.name,
        roleArn: role.arn,
      },
      { parent: this, dependsOn: [role] },
    );
    this.roleArn = role.arn;
    this.registerOutputs({ roleArn: this.roleArn });
  }
}

/** What {@link KafkaIdentities} is made from. */
export interface KafkaIdentitiesArgs {
  readonly cluster: IdentityCluster;
  /** ARN of the MSK cluster. */
  readonly kafkaArn: pulumi.Input<string>;
  /** An ARN that is as long as that of the MSK cluster can be. */
  readonly longestKafkaArn: string;
  /** Namespace of the apps. */
  readonly namespace: string;
  /** What each app does with topics. No two have one ServiceAccount, which has one identity. */
  readonly apps: readonly KafkaGrants[];
  /** Who watches how far groups are behind, by what they are called: KEDA, the exporter. */
  readonly watchers: Readonly<Record<string, ServiceAccountName>>;
}

/** The identities of all that connect to Kafka: each app, and what watches lag. */
export class KafkaIdentities extends pulumi.ComponentResource {
  /** ARNs of roles, by app or watcher. */
  public readonly roleArns: ReadonlyMap<string, pulumi.Output<string>>;

  public constructor(
    name: string,
    args: KafkaIdentitiesArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super('event-platform:aws:KafkaIdentities', name, {}, options);
    const { apps, cluster } = args;
    const names = [...apps.map(({ app }) => app), ...Object.keys(args.watchers)];
    const twice = names.find((app, index) => names.indexOf(app) !== index);
    if (twice !== undefined) {
      throw new pulumi.RunError(
        withCode('EP7002', `'${twice}' gets an identity twice: put all its grants in one`),
      );
    }
    const accounts = new Map<string, string>();
    for (const { app, serviceAccount = app } of apps) {
      const other = accounts.get(serviceAccount);
      if (other !== undefined) {
        throw new pulumi.RunError(
          withCode(
            'EP7002',
            `apps '${other}' and '${app}' share ServiceAccount '${serviceAccount}', which has one AWS identity: give each app a ServiceAccount of its own`,
          ),
        );
      }
      accounts.set(serviceAccount, app);
    }
    // Here already, since Pulumi goes on with the rest when an Output fails.
    apps.forEach(requireGrants);
    const kafkaArn = pulumi.output(args.kafkaArn);
    const identity = (
      of: string,
      serviceAccount: ServiceAccountName,
      statements: (kafkaArn: string) => PolicyStatement[],
    ): [string, pulumi.Output<string>] => {
      const { roleArn } = new PodIdentity(
        `${name}-${of}`,
        {
          cluster,
          serviceAccount,
          description: `Pods of ${of}`,
          statements: kafkaArn.apply(statements),
          longestStatements: statements(args.longestKafkaArn),
        },
        { parent: this },
      );
      return [of, roleArn];
    };
    this.roleArns = new Map([
      ...apps.map((grants) =>
        identity(
          grants.app,
          { namespace: args.namespace, name: grants.serviceAccount ?? grants.app },
          (arn) => kafkaStatements(grants, arn),
        ),
      ),
      ...Object.entries(args.watchers).map(([watcher, serviceAccount]) =>
        identity(watcher, serviceAccount, lagStatements),
      ),
    ]);
    this.registerOutputs({ roleArns: Object.fromEntries(this.roleArns) });
  }
}

/**
 * What an operator needs to read secrets, and those alone.
 *
 * @throws Error when there are none, since IAM takes no empty policy.
 */
export function secretReaderStatements(
  secretArns: readonly string[],
  keyArn: string,
  region: string,
): PolicyStatement[] {
  if (secretArns.length === 0) {
    throw new Error(
      withCode('EP7002', 'there are no secrets to read: give the operator no identity'),
    );
  }
  return [
    allow(
      'ReadSecrets',
      ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      [...secretArns].sort(),
    ),
    allow('DecryptSecrets', ['kms:Decrypt'], [keyArn], {
      StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
    }),
  ];
}
