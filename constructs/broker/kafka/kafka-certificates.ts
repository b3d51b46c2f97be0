import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { commonLabels } from '../../core/names.ts';
import {
  Certificate,
  CertificateSpecAdditionalOutputFormatsType,
  CertificateSpecPrivateKeyAlgorithm,
  CertificateSpecPrivateKeyEncoding,
  CertificateSpecPrivateKeyRotationPolicy,
  CertificateSpecUsages,
} from '../../imports/cert-manager.io.ts';
import { CertificateAlerts } from '../../observability/certificate-alerts.ts';
import type { CertificateIssuer } from './kafka-security.ts';

/** Folder in which certificates are mounted. */
export const TLS_PATH = '/etc/kafka-tls';
/** Private key and certificate in one file, as Kafka's PEM key stores want them. */
export const KEY_STORE = 'tls-combined.pem';
/** Certificate of the authority. */
export const TRUST_STORE = 'ca.crt';

/** Names in certificates; no app can have one of them, since app ids have no `=` in them. */
export const SERVER_PRINCIPAL = 'CN=kafka-server';
export const ADMIN_PRINCIPAL = 'CN=kafka-admin';

/** Properties of {@link KafkaCertificates}. */
export interface KafkaCertificatesProps {
  /** Name of the cluster, in front of the names of Secrets. */
  readonly name: string;
  /** Who signs. @default - an authority that is made for the cluster */
  readonly issuer: CertificateIssuer | undefined;
  /** Names under which servers are reached. */
  readonly dnsNames: readonly string[];
}

/**
 * Certificates of a cluster: one for its servers and one for its administrator. Servers read
 * theirs when they start: restart them once it has been renewed, within the last month of its year.
 *
 * @see https://cert-manager.io/docs/usage/certificate/
 */
export class KafkaCertificates extends Construct {
  /** Secret with key, certificate and authority of the servers. */
  public readonly serverSecret: string;
  /** Secret with key, certificate and authority of the administrator. */
  public readonly adminSecret: string;
  readonly #issuer: CertificateIssuer;
  /** The generated Certificates, and the Issuers of an authority of the cluster's own. */
  public readonly objects: readonly ApiObject[];

  public constructor(scope: Construct, id: string, props: KafkaCertificatesProps) {
    super(scope, id);
    const { name } = props;
    this.serverSecret = `${name}-tls`;
    this.adminSecret = `${name}-admin-tls`;
    this.#issuer = props.issuer ?? { name: `${name}-ca`, kind: 'Issuer' };
    this.objects = [
      ...(props.issuer === undefined ? this.#ownAuthority(name) : []),
      this.#certificate('server', this.serverSecret, SERVER_PRINCIPAL, props.dnsNames),
      this.#certificate('admin', this.adminSecret, ADMIN_PRINCIPAL, []),
    ];
    new CertificateAlerts(this, 'alerts', {
      name,
      certificates: [this.serverSecret, this.adminSecret],
    });
  }

  /** An authority whose key signs for this cluster alone. */
  #ownAuthority(name: string): ApiObject[] {
    const issuer = (id: string, issuerName: string, spec: object) =>
      new ApiObject(this, id, {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Issuer',
        metadata: { name: issuerName, labels: commonLabels(name, 'broker') },
        spec,
      });
    const authority = `${name}-ca`;
    const selfSigned = issuer('self-signed', `${name}-self-signed`, { selfSigned: {} });
    const certificate = new Certificate(this, 'authority', {
      metadata: { name: authority, labels: commonLabels(name, 'broker') },
      spec: {
        secretName: authority,
        isCa: true,
        commonName: authority,
        duration: '87600h',
        privateKey: {
          algorithm: CertificateSpecPrivateKeyAlgorithm.ECDSA,
          // Another key would be unknown to clients until they restart.
          rotationPolicy: CertificateSpecPrivateKeyRotationPolicy.NEVER,
        },
        issuerRef: { name: `${name}-self-signed`, kind: 'Issuer' },
      },
    });
    return [
      selfSigned,
      certificate,
      issuer('issuer', authority, { ca: { secretName: authority } }),
    ];
  }

  #certificate(id: string, secretName: string, principal: string, dnsNames: readonly string[]) {
    const { name, kind = 'ClusterIssuer' } = this.#issuer;
    return new Certificate(this, id, {
      metadata: { name: secretName, labels: commonLabels(secretName, 'broker') },
      spec: {
        secretName,
        commonName: principal.replace('CN=', ''),
        ...(dnsNames.length > 0 && { dnsNames: [...dnsNames] }),
        duration: '8760h',
        renewBefore: '720h',
        usages: [
          CertificateSpecUsages.DIGITAL_SIGNATURE,
          CertificateSpecUsages.CLIENT_AUTH,
          ...(dnsNames.length > 0 ? [CertificateSpecUsages.SERVER_AUTH] : []),
        ],
        privateKey: {
          algorithm: CertificateSpecPrivateKeyAlgorithm.RSA,
          size: 2048,
          // Java reads no other.
          encoding: CertificateSpecPrivateKeyEncoding.PKCS8,
          rotationPolicy: CertificateSpecPrivateKeyRotationPolicy.ALWAYS,
        },
        additionalOutputFormats: [
          { type: CertificateSpecAdditionalOutputFormatsType.COMBINED_PEM },
        ],
        issuerRef: { name, kind },
      },
    });
  }
}

/** Every name under which clients and servers reach the servers of these pools. */
export function serverNames(
  host: (service: string) => string,
  pools: readonly { readonly name: string; readonly replicas: number }[],
): string[] {
  return pools.flatMap(({ name, replicas }) => [
    host(name),
    host(`${name}-headless`),
    ...Array.from(
      { length: replicas },
      (_, index) => `${name}-${index}.${host(`${name}-headless`)}`,
    ),
  ]);
}
