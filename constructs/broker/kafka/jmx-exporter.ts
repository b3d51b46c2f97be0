/** Port on which the agent serves the metrics of a broker's JVM. */
export const JMX_METRICS_PORT = 9404;
/** Where the agent is, within a pod. */
export const JMX_AGENT_PATH = '/opt/jmx';
/** The agent's file. */
export const JMX_AGENT = 'jmx_prometheus_javaagent.jar';

/**
 * Which of a node's MBeans become metrics, and their names: the health of copies and of the
 * quorum, traffic, how busy the node is, and the JVM's own.
 *
 * @see https://prometheus.github.io/jmx_exporter/
 */
export const JMX_EXPORTER_YAML = `lowercaseOutputName: true
rules:
  - pattern: kafka.server<type=ReplicaManager, name=(UnderReplicatedPartitions|UnderMinIsrPartitionCount|PartitionCount|LeaderCount)><>Value
    name: kafka_server_replicamanager_$1
    type: GAUGE
  - pattern: kafka.controller<type=KafkaController, name=(ActiveControllerCount|OfflinePartitionsCount|ActiveBrokerCount|FencedBrokerCount)><>Value
    name: kafka_controller_kafkacontroller_$1
    type: GAUGE
  - pattern: kafka.server<type=BrokerTopicMetrics, name=(MessagesIn|BytesIn|BytesOut|FailedProduceRequests|FailedFetchRequests)PerSec><>Count
    name: kafka_server_brokertopicmetrics_$1_total
    type: COUNTER
  - pattern: kafka.server<type=KafkaRequestHandlerPool, name=RequestHandlerAvgIdlePercent><>OneMinuteRate
    name: kafka_server_requesthandler_idle_ratio
    type: GAUGE
  - pattern: kafka.network<type=SocketServer, name=NetworkProcessorAvgIdlePercent><>Value
    name: kafka_network_processor_idle_ratio
    type: GAUGE
  - pattern: kafka.log<type=Log, name=Size, topic=(.+), partition=(.+)><>Value
    name: kafka_log_size_bytes
    type: GAUGE
    labels:
      topic: $1
      partition: $2
`;
