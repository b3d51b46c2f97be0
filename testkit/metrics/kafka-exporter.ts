import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Admin, Kafka, type KafkaConfig, logLevel } from 'kafkajs';

/** A sample: its labels, and its value. */
type Sample = readonly [labels: Readonly<Record<string, string | number>>, value: number];

/** An offset that a group has not committed. */
const NONE = -1;

/**
 * A stand-in for kafka_exporter, which no package registry serves. It computes the metrics that alerts
 * and dashboards name, with the labels of the real one, from the running brokers.
 *
 * @see https://github.com/danielqsj/kafka_exporter
 */
export class KafkaExporterStandIn {
  /**
   * Connects to the brokers and serves `/metrics`.
   *
   * @param listen where. @default - any port on loopback
   */
  public static async start(
    brokers: readonly string[],
    login: Pick<KafkaConfig, 'sasl' | 'ssl'> = {},
    listen: { readonly port: number; readonly host: string } = { port: 0, host: '127.0.0.1' },
  ): Promise<KafkaExporterStandIn> {
    const kafka = new Kafka({
      clientId: 'kafka-exporter',
      brokers: [...brokers],
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
      connectionTimeout: 2_000,
      requestTimeout: 5_000,
      ...login,
    });
    const exporter = new KafkaExporterStandIn(kafka);
    await exporter.#listen(listen);
    return exporter;
  }

  readonly #server: Server;
  #admin: Promise<Admin> | undefined;

  private constructor(private readonly kafka: Kafka) {
    this.#server = createServer((request, response) => {
      if (request.url === '/healthz') {
        response.end('ok');
        return;
      }
      void this.#metrics().then(
        (text) => response.end(text),
        (error: unknown) => {
          // The next request reconnects.
          this.#admin = undefined;
          response.writeHead(503).end(String(error));
        },
      );
    });
    // The run does not wait for it.
    this.#server.unref();
  }

  /** Host and port. */
  public get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #listen({ port, host }: { readonly port: number; readonly host: string }): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, host, resolve));
  }

  async #metrics(): Promise<string> {
    this.#admin ??= this.#connect();
    const admin = await this.#admin;
    const [{ brokers }, { topics }, { groups }] = await Promise.all([
      admin.describeCluster(),
      admin.fetchTopicMetadata(),
      admin.listGroups(),
    ]);
    const names = groups.map(({ groupId }) => groupId);
    const newest = new Map<string, number>();
    const metrics = new Map<string, Sample[]>();
    const add = (name: string, labels: Sample[0], value: number) =>
      metrics.set(name, [...(metrics.get(name) ?? []), [labels, value]]);
    add('kafka_brokers', {}, brokers.length);
    const offsets = await Promise.all(topics.map(({ name }) => admin.fetchTopicOffsets(name)));
    for (const [index, { name: topic, partitions }] of topics.entries()) {
      add('kafka_topic_partitions', { topic }, partitions.length);
      for (const { partitionId: partition, isr, replicas } of partitions) {
        const behind = isr.length < replicas.length ? 1 : 0;
        add('kafka_topic_partition_under_replicated_partition', { topic, partition }, behind);
      }
      for (const { partition, high, low } of offsets[index]!) {
        newest.set(`${topic}/${partition}`, Number(high));
        add('kafka_topic_partition_current_offset', { topic, partition }, Number(high));
        add('kafka_topic_partition_oldest_offset', { topic, partition }, Number(low));
      }
    }
    const [described, ...committedOf] = await Promise.all([
      admin.describeGroups(names),
      ...names.map((groupId) => admin.fetchOffsets({ groupId })),
    ]);
    for (const { groupId: consumergroup, members } of described.groups) {
      add('kafka_consumergroup_members', { consumergroup }, members.length);
      for (const { topic, partitions } of committedOf[names.indexOf(consumergroup)] ?? []) {
        for (const { partition, offset } of partitions) {
          const labels = { consumergroup, topic, partition };
          const committed = Number(offset);
          const waiting = (newest.get(`${topic}/${partition}`) ?? 0) - committed;
          add('kafka_consumergroup_current_offset', labels, committed);
          add('kafka_consumergroup_lag', labels, committed === NONE ? NONE : Math.max(0, waiting));
        }
      }
    }
    return exposition(metrics);
  }

  async #connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }
}

/** The text format, all of it gauges as in the exporter. */
function exposition(metrics: ReadonlyMap<string, readonly Sample[]>): string {
  return [...metrics]
    .flatMap(([name, samples]) => [
      `# TYPE ${name} gauge`,
      ...samples.map(([labels, value]) => {
        const pairs = Object.entries(labels).map(([label, is]) => `${label}="${is}"`);
        return `${name}{${pairs.join(',')}} ${value}`;
      }),
    ])
    .concat('')
    .join('\n');
}
