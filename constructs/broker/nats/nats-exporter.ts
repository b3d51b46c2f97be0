import type { Construct } from 'constructs';
import { MetricSource } from '../../observability/metric-source.ts';
import type { NetworkPeer } from '../../security/network-policies.ts';
import { BrokerExporter } from '../parts/broker-exporter.ts';
import { DEFAULT_IMAGES } from '../../core/versions.ts';

/** Properties of {@link NatsExporter}. */
export interface NatsExporterProps {
  /** Name of the Deployment. */
  readonly name: string;
  /** The monitoring port of the servers. */
  readonly peer: NetworkPeer;
  /** Monitoring URL of each server by its name. */
  readonly servers: Readonly<Record<string, string>>;
  /** Image of the exporter. @default - `DEFAULT_IMAGES.natsExporter` */
  readonly image?: string;
}

/**
 * Prometheus metrics of servers, streams and consumers. Each server is asked: what a
 * consumer has waiting, only the server knows that leads it.
 *
 * @see https://github.com/nats-io/prometheus-nats-exporter
 */
export class NatsExporter extends BrokerExporter {
  public constructor(scope: Construct, id: string, props: NatsExporterProps) {
    super(scope, id, {
      name: props.name,
      source: MetricSource.NATS_EXPORTER,
      image: props.image ?? DEFAULT_IMAGES.natsExporter,
      command: ['/prometheus-nats-exporter'],
      args: [
        '-port=7777',
        '-prefix=nats',
        '-varz',
        '-jsz=all',
        ...Object.entries(props.servers).map(([server, url]) => `${server},${url}`),
      ],
      metricsPort: 7777,
      healthPath: '/metrics',
      peer: props.peer,
    });
  }
}
