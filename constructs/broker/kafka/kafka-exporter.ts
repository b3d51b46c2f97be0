import type { Construct } from 'constructs';
import type { NetworkPeer } from '../../security/network-policies.ts';
import { BrokerExporter } from '../parts/broker-exporter.ts';

/** Properties of {@link KafkaExporter}. */
export interface KafkaExporterProps {
  /** Name of the Deployment. */
  readonly name: string;
  /** Where the brokers are. */
  readonly peer: NetworkPeer;
  /** `host:port` of the brokers. */
  readonly bootstrapServers: string;
  /** Image of the exporter. @default 'danielqsj/kafka-exporter:v1.9.0' */
  readonly image?: string;
}

/**
 * Consumer lag and topic offsets as Prometheus metrics.
 *
 * @see https://github.com/danielqsj/kafka_exporter
 */
export class KafkaExporter extends BrokerExporter {
  public constructor(scope: Construct, id: string, props: KafkaExporterProps) {
    super(scope, id, {
      name: props.name,
      image: props.image ?? 'danielqsj/kafka-exporter:v1.9.0',
      command: ['/bin/kafka_exporter'],
      args: [`--kafka.server=${props.bootstrapServers}`, '--offset.show-all'],
      metricsPort: 9308,
      healthPath: '/healthz',
      peer: props.peer,
    });
  }
}
