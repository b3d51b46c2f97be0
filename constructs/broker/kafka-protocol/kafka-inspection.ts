import type { SecretReference } from '../../security/secret-reference.ts';
import type { CertificateAuthority, SaslMechanism } from './kafka-login.ts';

/** What somebody who looks at a whole cluster may do beyond that. */
export interface InspectionRights {
  /** Whether messages may be read. */
  readonly messages: boolean;
  /** Whether topics may be created, altered and deleted, and groups reset and deleted. */
  readonly changes: boolean;
  /** Whether groups may be reset, if nothing else may be changed. @default false */
  readonly resets?: boolean;
}

/** How a program that looks at a whole Kafka logs in. */
export interface KafkaInspectorLogin {
  /** Whether connections use TLS. */
  readonly tls: boolean;
  /** Login by name and password. @default - none */
  readonly sasl?: SaslMechanism | undefined;
  /** Its account. @default - none */
  readonly account?: SecretReference | undefined;
  /** Authority that signs the brokers' certificates. @default - one that systems know */
  readonly authority?: CertificateAuthority | undefined;
  /** Why messages can be read although the rights do not say so. @default - they cannot */
  readonly leak?: string | undefined;
}
