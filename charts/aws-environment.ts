import { Environment, TraceEndpoint } from '../constructs/index.ts';
import type { AwsPlatformOptions } from './system.ts';

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
