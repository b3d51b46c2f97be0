import { JsonPatch } from 'cdk8s';
import {
  Environment,
  type EventPlatform,
  type ExternalKafka,
  ExternalKafkaAuthentication,
  IdempotentConsumer,
  KafkaCluster,
  NotificationTarget,
  type PostgresDatabase,
  type SecretReference,
  SecretValue,
  StateStoreBackend,
  TraceEndpoint,
} from '../../constructs/index.ts';
import type { AwsPlatform, AwsPlatformOptions } from '../system.ts';
import { taskPlatform } from './task-platform.ts';

/**
 * What is known only when AWS has made it. The deployer puts values in their place; the domain is
 * reserved for names that do not exist.
 */
export const AWS_PLACEHOLDERS = {
  /** Brokers of MSK, one in each zone, with the port for IAM. */
  brokers: ['b-1', 'b-2', 'b-3'].map((broker) => `${broker}.msk.placeholder.invalid:9098`),
  /** Endpoint of RDS. */
  postgres: 'rds.placeholder.invalid',
  /** PEM of the authority that signs the certificate of RDS. */
  postgresAuthority: 'rds-authority.placeholder.invalid',
  /** Primary endpoint of ElastiCache. */
  redis: 'elasticache.placeholder.invalid',
  /** Registry of the images. */
  registry: 'ecr.placeholder.invalid',
  /** Tag of the images. */
  tag: 'built',
} as const;

/** The task platform on AWS, which needs all that AWS runs. */
export type AwsTaskPlatform = Required<AwsPlatform>;

/** The Secret with the token of the state store. */
const STATE_CREDENTIALS: SecretReference = {
  name: 'redis-credentials',
  keys: { password: SecretValue.external('token that ElastiCache was made with') },
};

/** The Secret with user and password on the mail server. */
const MAIL_CREDENTIALS: SecretReference = {
  name: 'smtp-credentials',
  keys: {
    username: SecretValue.external('user on the mail server'),
    password: SecretValue.external('password on the mail server'),
  },
};

/** Stands for what only the owner of a mail server knows; the stack's configuration has it. */
const MAIL_EXAMPLE = {
  host: 'smtp.example.com',
  from: 'tasks@example.com',
  to: '{recipient}@example.com',
};

/**
 * Runs consumers on spot nodes while there are any: what they have not finished when AWS takes a
 * node away is delivered again.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
 */
export function preferSpareCapacity(platform: EventPlatform): void {
  const preference = {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          preference: {
            matchExpressions: [
              { key: 'eks.amazonaws.com/capacityType', operator: 'In', values: ['SPOT'] },
            ],
          },
        },
      ],
    },
  };
  for (const consumer of platform.node.findAll()) {
    if (consumer instanceof IdempotentConsumer) {
      consumer.workload.deployment.addJsonPatch(
        JsonPatch.add('/spec/template/spec/affinity', preference),
      );
    }
  }
}

/** The stack builds all images, those of the platform too. */
const IMAGES = { registry: AWS_PLACEHOLDERS.registry, tag: AWS_PLACEHOLDERS.tag } as const;

/** The environment of a platform on AWS. */
export function awsEnvironment(options: AwsPlatformOptions = {}): Environment {
  const { namespace, minReplicas, traceEndpoint } = options;
  return Environment.awsMsk({
    images: IMAGES,
    platformImages: IMAGES,
    postgres: {
      host: AWS_PLACEHOLDERS.postgres,
      certificateAuthority: AWS_PLACEHOLDERS.postgresAuthority,
    },
    ...(namespace !== undefined && { namespace }),
    ...(minReplicas !== undefined && { minReplicas }),
    ...(traceEndpoint !== undefined && { traces: TraceEndpoint.otlp(traceEndpoint) }),
  });
}

/**
 * The task platform with MSK, RDS and ElastiCache. Apps log in to MSK by the AWS identity of their
 * pods; rendering needs no account.
 */
export function awsPlatform(options: AwsPlatformOptions = {}): AwsTaskPlatform {
  let broker: ExternalKafka | undefined;
  let database: PostgresDatabase | undefined;
  const platform = taskPlatform(awsEnvironment(options), {
    notifications: NotificationTarget.smtp({
      ...(options.mail ?? MAIL_EXAMPLE),
      credentials: MAIL_CREDENTIALS,
    }),
    broker: (scope) => {
      broker = KafkaCluster.fromBootstrap(scope, 'kafka', {
        bootstrapServers: AWS_PLACEHOLDERS.brokers,
        authentication: ExternalKafkaAuthentication.mskIam({
          region: options.region ?? 'eu-central-1',
        }),
      });
      return broker;
    },
    stateStore: (of) => {
      database = of;
      return StateStoreBackend.redis({
        host: `${AWS_PLACEHOLDERS.redis}:6379`,
        tls: true,
        credentials: STATE_CREDENTIALS,
      });
    },
  });
  preferSpareCapacity(platform);
  return {
    platform,
    broker: broker!,
    database: database!,
    stateCredentials: STATE_CREDENTIALS,
    mailCredentials: MAIL_CREDENTIALS,
  };
}
