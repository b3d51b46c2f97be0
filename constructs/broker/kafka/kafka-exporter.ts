import type { Construct } from 'constructs';
import { MetricSource } from '../../observability/metric-source.ts';
import type { NetworkPeer } from '../../security/network-policies.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { BrokerExporter } from '../parts/broker-exporter.ts';
import { DEFAULT_IMAGES } from '../../core/versions.ts';
import { TLS_PATH } from './kafka-certificates.ts';

/** How the exporter logs in. */
export interface KafkaExporterLogin {
  /** Its account, with the keys `username` and `password`. */
  readonly account: SecretReference;
  /** Where the certificate of the servers' authority is. */
  readonly authority: { readonly secret: string; readonly key: string };
}

/** Properties of {@link KafkaExporter}. */
export interface KafkaExporterProps {
  /** Name of the Deployment. */
  readonly name: string;
  /** Where the brokers are. */
  readonly peer: NetworkPeer;
  /** `host:port` of the brokers. */
  readonly bootstrapServers: string;
  /** How it logs in. @default - not at all */
  readonly login?: KafkaExporterLogin | undefined;
  /** Image of the exporter. @default - `DEFAULT_IMAGES.kafkaExporter` */
  readonly image?: string;
}

/**
 * Consumer lag and topic offsets as Prometheus metrics.
 *
 * @see https://github.com/danielqsj/kafka_exporter
 */
export class KafkaExporter extends BrokerExporter {
  public constructor(scope: Construct, id: string, props: KafkaExporterProps) {
    const { login } = props;
    super(scope, id, {
      name: props.name,
      source: MetricSource.KAFKA_EXPORTER,
      image: props.image ?? DEFAULT_IMAGES.kafkaExporter,
      command: ['/bin/kafka_exporter'],
      args: [
        `--kafka.server=${props.bootstrapServers}`,
        '--offset.show-all',
        ...(login === undefined
          ? []
          : [
              '--sasl.enabled',
              '--sasl.mechanism=scram-sha512',
              '--sasl.username=$(BROKER_USERNAME)',
              '--sasl.password=$(BROKER_PASSWORD)',
              '--tls.enabled',
              `--tls.ca-file=${TLS_PATH}/${login.authority.key}`,
            ]),
      ],
      metricsPort: 9308,
      healthPath: '/healthz',
      peer: props.peer,
      ...(login && {
        env: [
          { name: 'BROKER_USERNAME', ...fromSecret(login.account.name, 'username') },
          { name: 'BROKER_PASSWORD', ...fromSecret(login.account.name, 'password') },
        ],
        volumes: [
          {
            name: 'authority',
            secret: {
              secretName: login.authority.secret,
              // The server's own key stays out of it.
              items: [{ key: login.authority.key, path: login.authority.key }],
            },
          },
        ],
        mounts: [{ name: 'authority', mountPath: TLS_PATH, readOnly: true }],
      }),
    });
  }
}

function fromSecret(name: string, key: string) {
  return { valueFrom: { secretKeyRef: { name, key } } };
}
