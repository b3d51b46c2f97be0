import { describe, expect, it } from 'vitest';
import { Environment } from '../../platform/index.ts';
import { inProduction, TestPlatform } from '../../testing/fixtures.ts';

const production = inProduction({ postgres: { host: 'postgres.example.com' } });

describe('KafkaAlerts', () => {
  it("watch copies by the exporter, where the nodes' own metrics are not scraped", () => {
    const test = new TestPlatform();
    expect(test.alert('KafkaPartitionsUnderReplicated').expr).toBe(
      'sum by (topic) (kafka_topic_partition_under_replicated_partition{job="event-driven/kafka-exporter"}) > 0',
    );
    expect(test.alerts('KafkaControllerMissing')).toEqual([]);
  });

  it('watch controllers where they are pods of their own', () => {
    const test = new TestPlatform(production);
    expect(test.alert('KafkaControllerMissing').expr).toBe(
      'sum(kafka_controller_kafkacontroller_activecontrollercount{job="event-driven/kafka-controller"}) != 1',
    );
    expect(test.alert('KafkaPartitionsOffline').expr).toContain(
      'job="event-driven/kafka-controller"',
    );
  });

  it('watch brokers that are controllers, too', () => {
    const test = new TestPlatform(Environment.local(), { jmxExporter: true });
    expect(test.alert('KafkaControllerMissing').expr).toContain('job="event-driven/kafka"');
  });

  it('come with those of servers, volumes and certificates', () => {
    const test = new TestPlatform(production);
    expect(test.alerts('ServersMissing').map(({ labels, expr }) => [labels.server, expr])).toEqual([
      [
        'kafka',
        'kube_statefulset_status_replicas_ready{namespace="event-driven",statefulset="kafka"} < 3',
      ],
      [
        'kafka-controller',
        'kube_statefulset_status_replicas_ready{namespace="event-driven",statefulset="kafka-controller"} < 3',
      ],
    ]);
    expect(test.alert('VolumeFilling').expr).toContain(
      'persistentvolumeclaim=~"data-kafka-[0-9]+"',
    );
    expect(test.alert('CertificateExpiring').expr).toContain('name=~"kafka-tls|kafka-admin-tls"');
  });
});
