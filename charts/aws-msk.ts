import {
  Environment,
  type EventPlatform,
  ExternalKafka,
  ExternalKafkaAuthentication,
  KafkaCluster,
  SecretValue,
  StateStoreBackend,
} from '../constructs/index.ts';
import { taskPlatform } from './task-platform.ts';

/**
 * What is known only when AWS has made it. Whoever deploys puts values in their place; the domain is
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

/** What the platform on AWS can be told. */
export interface AwsPlatformOptions {
  /** Region of the cluster. @default 'eu-central-1' */
  readonly region?: string;
  /** Namespace of the platform. @default 'event-driven' */
  readonly namespace?: string;
  /** Least pods of a consumer that scales on lag. @default 1 */
  readonly minReplicas?: number;
}

/** A platform on AWS, and what AWS has to provide for it. */
export interface AwsPlatform {
  readonly platform: EventPlatform;
  /** Lists the topics, and what each client may do. */
  readonly broker: ExternalKafka;
}

/** The environment of a platform on AWS. */
export function awsEnvironment({ namespace, minReplicas }: AwsPlatformOptions = {}): Environment {
  return Environment.awsMsk({
    images: { registry: AWS_PLACEHOLDERS.registry, tag: AWS_PLACEHOLDERS.tag },
    postgres: {
      host: AWS_PLACEHOLDERS.postgres,
      certificateAuthority: AWS_PLACEHOLDERS.postgresAuthority,
    },
    ...(namespace !== undefined && { namespace }),
    ...(minReplicas !== undefined && { minReplicas }),
  });
}

/**
 * The task platform with MSK, RDS and ElastiCache. Apps log in to MSK by the AWS identity of their
 * pods; rendering needs no account.
 */
export function awsPlatform(options: AwsPlatformOptions = {}): AwsPlatform {
  let broker: ExternalKafka | undefined;
  const platform = taskPlatform(awsEnvironment(options), {
    broker: (scope) => {
      broker = KafkaCluster.fromBootstrap(scope, 'kafka', {
        bootstrapServers: AWS_PLACEHOLDERS.brokers,
        authentication: ExternalKafkaAuthentication.mskIam({
          region: options.region ?? 'eu-central-1',
        }),
      });
      return broker;
    },
    stateStore: () =>
      StateStoreBackend.redis({
        host: `${AWS_PLACEHOLDERS.redis}:6379`,
        tls: true,
        credentials: {
          name: 'redis-credentials',
          keys: { password: SecretValue.external('token that ElastiCache was made with') },
        },
      }),
  });
  return { platform, broker: broker! };
}
