import { KAFKA_PROTOCOL_VERSION } from '../kafka-protocol/kafka-component.ts';
import { Size } from 'cdk8s';
import { mskSecretProblems } from './external-checks.ts';
import {
  type CertificateAuthority,
  type KafkaLogin,
  SASL_MECHANISMS,
  type SaslMechanism,
} from '../kafka-protocol/kafka-login.ts';

/** Options of the logins by password. */
export interface PasswordOptions {
  /** Whether connections use TLS. Without it, passwords cross the network in the clear, which production refuses. @default true */
  readonly tls?: boolean;
  /** Who signs the brokers' certificates. @default - an authority that systems know */
  readonly certificateAuthority?: CertificateAuthority;
  /** Name of one Secret (keys `username` and `password`) that all clients log in with. @default - each client has an account of its own, in a Secret `<client>-broker` */
  readonly sharedSecret?: string;
}

/** Options of {@link ExternalKafkaAuthentication.mskIam}. */
export interface MskIamOptions {
  /** AWS region of the cluster, e.g. `eu-central-1`. */
  readonly region: string;
  /** Role that sidecars and KEDA take on, from the identity that their pods have. @default - the identity of the pods */
  readonly roleArn?: string;
}

/** Options of {@link ExternalKafkaAuthentication.mskScram}. */
export interface MskScramOptions {
  /** Name in AWS Secrets Manager of the secret of a client; it has to start with `AmazonMSK_`. */
  readonly awsSecretName: (client: string) => string;
  /** ARN of the key of yours that encrypts those secrets. */
  readonly kmsKeyArn: string;
}

/** Options of {@link ExternalKafkaAuthentication.eventHubs}. */
export interface EventHubsOptions {
  /** Name of the Event Hubs namespace, without its domain. */
  readonly namespace: string;
  /** Whether the namespace is in a Dedicated cluster, which takes messages of 20 MiB. @default false */
  readonly dedicated?: boolean;
  /** Name of the Secret with the connection string. @default 'event-hubs-connection' */
  readonly sharedSecret?: string;
}

function password(
  service: string,
  sasl: SaslMechanism,
  { tls = true, certificateAuthority, sharedSecret }: PasswordOptions,
): ExternalKafkaAuthentication {
  return new ExternalKafkaAuthentication({
    service,
    tls,
    sasl,
    ...(certificateAuthority && { certificateAuthority }),
    ...(sharedSecret !== undefined && { sharedSecret }),
    version: KAFKA_PROTOCOL_VERSION,
    ofClient: (client) => ({
      username: `name of the user that '${client}' is for Kafka`,
      password: `password of that user`,
    }),
  });
}

/**
 * How clients log in to a Kafka that somebody else runs: sidecars, KEDA, the exporter, and the Job
 * that provisions topics.
 */
export class ExternalKafkaAuthentication {
  /**
   * No login. With an authority, connections use TLS; without one they do not, since Dapr verifies
   * servers only in this way.
   */
  public static none(
    options: { readonly certificateAuthority?: CertificateAuthority } = {},
  ): ExternalKafkaAuthentication {
    const { certificateAuthority } = options;
    return new ExternalKafkaAuthentication({
      service: 'Kafka',
      tls: certificateAuthority !== undefined,
      ...(certificateAuthority && { certificateAuthority }),
      version: KAFKA_PROTOCOL_VERSION,
    });
  }

  /** SCRAM-SHA-256. */
  public static scramSha256(options: PasswordOptions = {}): ExternalKafkaAuthentication {
    return password('Kafka', SASL_MECHANISMS.scramSha256, options);
  }

  /** SCRAM-SHA-512. */
  public static scramSha512(options: PasswordOptions = {}): ExternalKafkaAuthentication {
    return password('Kafka', SASL_MECHANISMS.scramSha512, options);
  }

  /** SASL PLAIN. */
  public static plain(options: PasswordOptions = {}): ExternalKafkaAuthentication {
    return password('Kafka', SASL_MECHANISMS.plain, options);
  }

  /**
   * Amazon MSK with IAM: no passwords, but the AWS identity of each pod. Give the ServiceAccounts
   * of the apps, of the exporter (all named like their workloads) and of KEDA's operator an
   * identity that may use the cluster. Apache's tools cannot log in so, therefore topics have to
   * exist.
   *
   * @see https://docs.aws.amazon.com/msk/latest/developerguide/iam-access-control.html
   */
  public static mskIam(options: MskIamOptions): ExternalKafkaAuthentication {
    const { region, roleArn } = options;
    return new ExternalKafkaAuthentication({
      service: 'MSK with IAM',
      tls: true,
      iam: { region, ...(roleArn !== undefined && { roleArn }) },
      version: KAFKA_PROTOCOL_VERSION,
      existingTopicsOnly: "Apache Kafka's tools cannot log in with IAM",
    });
  }

  /**
   * Amazon MSK with SCRAM-SHA-512. Each client is a user, whose name and password are in a secret
   * of AWS Secrets Manager that is associated with the cluster.
   *
   * @see https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html
   */
  public static mskScram(options: MskScramOptions): ExternalKafkaAuthentication {
    const { awsSecretName, kmsKeyArn } = options;
    return new ExternalKafkaAuthentication({
      service: 'MSK with SCRAM',
      tls: true,
      sasl: SASL_MECHANISMS.scramSha512,
      version: KAFKA_PROTOCOL_VERSION,
      ofClient: (client) => ({
        username: `username in the AWS secret '${awsSecretName(client)}'`,
        password: `password in the AWS secret '${awsSecretName(client)}'`,
      }),
      problems: (clients) => mskSecretProblems(clients.map(awsSecretName), kmsKeyArn),
    });
  }

  /**
   * Azure Event Hubs, from its Standard tier on. A connection string belongs to a namespace and
   * not to a user, so all clients share one. It has to allow to send and to listen. Consumer groups
   * without members are not listed, so a consumer at zero has no lag metric; KEDA sees its lag.
   *
   * @see https://learn.microsoft.com/azure/event-hubs/azure-event-hubs-apache-kafka-overview
   */
  public static eventHubs(options: EventHubsOptions): ExternalKafkaAuthentication {
    const { namespace, dedicated = false, sharedSecret = 'event-hubs-connection' } = options;
    return new ExternalKafkaAuthentication({
      service: 'Event Hubs',
      address: `${namespace}.servicebus.windows.net:9093`,
      tls: true,
      sasl: SASL_MECHANISMS.plain,
      sharedSecret,
      username: '$ConnectionString',
      // What Dapr's documentation asks for with Event Hubs.
      version: '1.0.0',
      // Azure cuts connections that were idle for four minutes.
      metadataRefresh: '3m',
      maxMessageSize: Size.mebibytes(dedicated ? 20 : 1),
      // And only in the Premium and Dedicated tiers.
      compressions: ['none', 'gzip'],
      keepsForGood: false,
      existingTopicsOnly: 'its topics are event hubs, which are sized by the means of Azure',
      ofClient: () => ({
        username: 'the same for all',
        password: `connection string of the Event Hubs namespace '${namespace}'`,
      }),
    });
  }

  /**
   * Confluent Cloud. Each client is a service account with an API key of its own, so that each can
   * have its own rights.
   *
   * @see https://docs.confluent.io/cloud/current/client-apps/config-client.html
   */
  public static confluentCloud(): ExternalKafkaAuthentication {
    return new ExternalKafkaAuthentication({
      service: 'Confluent Cloud',
      tls: true,
      sasl: SASL_MECHANISMS.plain,
      version: KAFKA_PROTOCOL_VERSION,
      copies: { replicationFactor: 3, minInSyncReplicas: 2 },
      ofClient: (client) => ({
        username: `API key of the service account of '${client}'`,
        password: `secret of that API key`,
      }),
    });
  }

  /** What a client has to do to log in. */
  public readonly login: KafkaLogin;

  /** Use one of the factories. */
  public constructor(login: KafkaLogin) {
    this.login = login;
  }
}
