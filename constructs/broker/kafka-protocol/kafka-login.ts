import type { Size } from 'cdk8s';
import type { Compression } from '../../messaging/message-broker.ts';

/** Names of one SASL mechanism: every program has its own. */
export interface SaslMechanism {
  /** Dapr's; undefined is PLAIN, and so is every name that Dapr does not know. */
  readonly dapr?: 'SHA-256' | 'SHA-512';
  /** KEDA's. */
  readonly keda: 'plaintext' | 'scram_sha256' | 'scram_sha512';
  /** The exporter's. */
  readonly exporter: 'plain' | 'scram-sha256' | 'scram-sha512';
  /** Kafka's own. */
  readonly kafka: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  /** Class of Kafka's clients that logs in. */
  readonly loginModule: string;
}

const SCRAM_MODULE = 'org.apache.kafka.common.security.scram.ScramLoginModule';

/** The mechanisms that all programs have. */
export const SASL_MECHANISMS = {
  plain: {
    keda: 'plaintext',
    exporter: 'plain',
    kafka: 'PLAIN',
    loginModule: 'org.apache.kafka.common.security.plain.PlainLoginModule',
  },
  scramSha256: {
    dapr: 'SHA-256',
    keda: 'scram_sha256',
    exporter: 'scram-sha256',
    kafka: 'SCRAM-SHA-256',
    loginModule: SCRAM_MODULE,
  },
  scramSha512: {
    dapr: 'SHA-512',
    keda: 'scram_sha512',
    exporter: 'scram-sha512',
    kafka: 'SCRAM-SHA-512',
    loginModule: SCRAM_MODULE,
  },
} as const satisfies Record<string, SaslMechanism>;

/** An authority of one's own that signs the brokers' certificates. */
export interface CertificateAuthority {
  /** Secret that holds its certificate as PEM. */
  readonly secret: string;
  /** Key in the Secret. @default 'ca.crt' */
  readonly key?: string;
}

/** What a client has to do to log in to a Kafka that somebody else runs. */
export interface KafkaLogin {
  /** What the service is called, for messages. */
  readonly service: string;
  /** `host:port`, where the service itself determines it. */
  readonly address?: string;
  /** Whether connections use TLS. */
  readonly tls: boolean;
  /** Who signs the brokers' certificates. @default - an authority that systems know */
  readonly certificateAuthority?: CertificateAuthority;
  /** Login by name and password. @default - none */
  readonly sasl?: SaslMechanism;
  /** Login by AWS identity. @default - none */
  readonly iam?: { readonly region: string; readonly roleArn?: string };
  /** Secret of all clients. @default - each client has its own */
  readonly sharedSecret?: string;
  /** Name that everybody logs in with. @default - only the owner knows names */
  readonly username?: string;
  /** Says where name and password of a client come from. */
  readonly ofClient?: (client: string) => { readonly username: string; readonly password: string };
  /** Version of the wire protocol. */
  readonly version: string;
  /** How often sidecars ask for metadata, which keeps connections open. @default - Dapr's, 8 minutes */
  readonly metadataRefresh?: string;
  /** Largest message that the service takes at all. @default - as its owner has set it */
  readonly maxMessageSize?: Size;
  /** Compressions that the service takes, where it is not all of them. @default - all */
  readonly compressions?: readonly (Compression | 'none')[];
  /** Whether a topic may keep events for good. @default true */
  readonly keepsForGood?: boolean;
  /** Copies that the service insists on. @default - the environment's */
  readonly copies?: { readonly replicationFactor: number; readonly minInSyncReplicas: number };
  /** Why topics cannot be provisioned from here. @default - they can be */
  readonly existingTopicsOnly?: string;
  /** Every reason why it would not work, given the names of the clients. @default - none */
  readonly problems?: (clients: readonly string[]) => string[];
}
