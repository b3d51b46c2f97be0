/** Who signs certificates: an Issuer or ClusterIssuer of cert-manager. */
export interface CertificateIssuer {
  /** Name of the issuer. */
  readonly name: string;
  /** `Issuer` is one in the platform's namespace. @default 'ClusterIssuer' */
  readonly kind?: 'Issuer' | 'ClusterIssuer';
}

/** Options of {@link KafkaSecurity.scramOverTls}. */
export interface ScramOverTlsOptions {
  /**
   * Signs the certificates of servers and administrator. Anyone else it signs for may act as them:
   * use one for this cluster alone.
   * @default - a certificate authority that is made for this cluster
   */
  readonly issuer?: CertificateIssuer;
}

/** How clients, brokers and controllers of a {@link KafkaCluster} know each other. */
export class KafkaSecurity {
  /** Nobody is asked who they are, and nothing is encrypted: for development. */
  public static none(): KafkaSecurity {
    return new KafkaSecurity(false, undefined);
  }

  /**
   * Clients log in with SCRAM-SHA-512 over TLS, each app as a user of its own that may use just the
   * topics and the group that it was granted. Brokers and controllers know each other by
   * certificates, which cert-manager issues.
   *
   * @see https://kafka.apache.org/41/documentation.html#security_sasl_scram
   */
  public static scramOverTls(options: ScramOverTlsOptions = {}): KafkaSecurity {
    return new KafkaSecurity(true, options.issuer);
  }

  private constructor(
    /** Whether there are passwords, certificates and rights. */
    public readonly enabled: boolean,
    /** Who signs the certificates; undefined for an authority of the cluster's own. */
    public readonly issuer: CertificateIssuer | undefined,
  ) {}
}
