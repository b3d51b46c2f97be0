import { DashboardName } from '../dashboard-link.ts';
import { FREE_RATIO } from '../server-alerts.ts';
import type { DashboardProps, DashboardRow } from './dashboard.ts';
import { timeSeries, number, type PanelBuilder } from './panels.ts';
import type { KafkaParts } from './platform-parts.ts';

const CONTROLLER = 'kafka_controller_kafkacontroller';
const SERVER = 'kafka_server';

/** Whether Kafka keeps events safe, what goes through it, and how much room it has. */
export function kafkaOverview(namespace: string, kafka: KafkaParts): DashboardProps {
  return {
    name: DashboardName.KAFKA_OVERVIEW,
    title: 'Kafka overview',
    description:
      'Is every event safe and can it move? Who sends how much, and how long is there room?',
    rows: [
      { title: 'Safety', panels: safety(kafka) },
      { title: 'Traffic', panels: traffic(kafka) },
      ...(kafka.nodeJobs.length === 0 ? [] : [busy(nodes(kafka))]),
      { title: 'Room', panels: room(namespace, kafka) },
    ],
  };
}

/** Selects the nodes' own metrics. */
function nodes({ nodeJobs }: KafkaParts): string {
  return `job=~"${nodeJobs.join('|')}"`;
}

function safety(kafka: KafkaParts): PanelBuilder[] {
  const topics = `job="${kafka.exporterJob}"`;
  const behind = `kafka_topic_partition_under_replicated_partition{${topics}}`;
  const replicas = kafka.servers[0]?.replicas;
  const monitored = kafka.nodeJobs.length > 0;
  return [
    number({
      title: 'Brokers up',
      description: 'As the exporter of topics sees them.',
      queries: [{ query: `max(kafka_brokers{${topics}})`, legend: 'brokers' }],
      unit: 'short',
      ...(replicas !== undefined && { limits: { critical: replicas, below: true } }),
    }),
    number({
      title: 'Partitions with copies that are behind',
      description: 'When the servers that are up to date fail, confirmed events are lost.',
      queries: [{ query: `sum(${behind})`, legend: 'behind' }],
      unit: 'short',
      limits: { warning: 1 },
    }),
    ...(monitored ? leaders(nodes(kafka)) : []),
    timeSeries({
      title: 'Partitions with copies that are behind, by topic',
      description:
        'KafkaPartitionsUnderReplicated tells when it lasts. No copy is behind in good times.',
      queries: [{ query: `sum by (topic) (${behind})`, legend: '{{topic}}' }],
      unit: 'short',
      limits: { warning: 1 },
    }),
    ...(monitored ? quorum(nodes(kafka)) : []),
  ];
}

/** Whether partitions and the cluster itself have a leader. */
function leaders(selector: string): PanelBuilder[] {
  return [
    number({
      title: 'Partitions without a leader',
      description: 'Nobody can write to them or read from them.',
      queries: [
        {
          query: `max(${CONTROLLER}_offlinepartitionscount{${selector}})`,
          legend: 'offline',
        },
      ],
      unit: 'short',
      limits: { critical: 1 },
    }),
    number({
      title: 'Active controllers',
      description: 'There has to be just one.',
      queries: [
        {
          query: `sum(${CONTROLLER}_activecontrollercount{${selector}})`,
          legend: 'active',
        },
      ],
      unit: 'short',
      limits: { critical: 1, below: true },
    }),
  ];
}

/** What the nodes say of copies, and the controllers of brokers. */
function quorum(selector: string): PanelBuilder[] {
  return [
    timeSeries({
      title: 'What the nodes say',
      description:
        'Partitions with fewer copies in sync than writes need: nobody can publish to them. Brokers that the controller knows, and those that it has shut out.',
      queries: [
        {
          query: `sum(${SERVER}_replicamanager_underminisrpartitioncount{${selector}})`,
          legend: 'too few copies in sync',
        },
        {
          query: `max(${CONTROLLER}_activebrokercount{${selector}})`,
          legend: 'brokers active',
        },
        {
          query: `max(${CONTROLLER}_fencedbrokercount{${selector}})`,
          legend: 'brokers shut out',
        },
      ],
      unit: 'short',
    }),
  ];
}

function traffic(kafka: KafkaParts): PanelBuilder[] {
  const topics = `job="${kafka.exporterJob}"`;
  const bytes = (way: string) =>
    `sum(rate(${SERVER}_brokertopicmetrics_${way}_total{${nodes(kafka)}}[$__rate_interval]))`;
  return [
    timeSeries({
      title: 'Events in a second, by topic',
      description: 'By the growth of the offsets, dead letters included.',
      queries: [
        {
          query: `sum by (topic) (rate(kafka_topic_partition_current_offset{${topics},topic!~"__.+"}[$__rate_interval]))`,
          legend: '{{topic}}',
        },
      ],
      unit: 'eps',
      stacked: true,
    }),
    ...(kafka.nodeJobs.length === 0
      ? []
      : [
          timeSeries({
            title: 'Bytes a second',
            description: 'To and from clients. Each consumer group reads everything once.',
            queries: [
              { query: bytes('bytesin'), legend: 'in' },
              { query: bytes('bytesout'), legend: 'out' },
            ],
            unit: 'binBps',
          }),
        ]),
  ];
}

function busy(jobs: string): DashboardRow {
  const failed = (what: string) =>
    `sum by (pod) (rate(${SERVER}_brokertopicmetrics_${what}_total{${jobs}}[$__rate_interval]))`;
  return {
    title: 'Load',
    panels: [
      timeSeries({
        title: 'Idle ratio of the request handlers',
        description: 'Below a fifth, requests wait for a thread: the broker has too much to do.',
        queries: [
          {
            query: `min by (pod) (${SERVER}_requesthandler_idle_ratio{${jobs}})`,
            legend: '{{pod}}',
          },
          {
            query: `min by (pod) (kafka_network_processor_idle_ratio{${jobs}})`,
            legend: '{{pod}} network',
          },
        ],
        unit: 'percentunit',
        max: 1,
      }),
      timeSeries({
        title: 'Requests that failed a second',
        description: 'Of those that publish and those that fetch, by node.',
        queries: [
          { query: failed('failedproducerequests'), legend: '{{pod}} publish' },
          { query: failed('failedfetchrequests'), legend: '{{pod}} fetch' },
        ],
        unit: 'reqps',
      }),
    ],
  };
}

function room(namespace: string, kafka: KafkaParts): PanelBuilder[] {
  const topics = `job="${kafka.exporterJob}"`;
  const free = kafka.servers.map(({ server, claims }) => ({
    query: `kubelet_volume_stats_available_bytes{${claims}} / kubelet_volume_stats_capacity_bytes{${claims}}`,
    legend:
      kafka.servers.length > 1
        ? `${server}: {{persistentvolumeclaim}}`
        : '{{persistentvolumeclaim}}',
  }));
  return [
    ...(kafka.servers.length === 0
      ? []
      : [
          timeSeries({
            title: 'Free ratio of the volumes',
            description:
              'VolumeFilling tells four days ahead once less than a fifth is free, VolumeFull below a twentieth. A server stops when its volume is full.',
            queries: free,
            unit: 'percentunit',
            max: 1,
            limits: { ...FREE_RATIO, below: true },
          }),
          timeSeries({
            title: 'Servers that are ready',
            description: `ServersMissing fires when one is down for 5 minutes. There must be ${kafka.servers.map(({ server, replicas }) => `${replicas} of ${server}`).join(', ')}.`,
            queries: [
              {
                query: `kube_statefulset_status_replicas_ready{namespace="${namespace}",statefulset=~"${kafka.servers.map(({ server }) => server).join('|')}"}`,
                legend: '{{statefulset}}',
              },
            ],
            unit: 'short',
          }),
        ]),
    timeSeries({
      title: 'Events kept, by topic',
      description: 'Between the oldest and the newest offset.',
      queries: [
        {
          query: `sum by (topic) (kafka_topic_partition_current_offset{${topics},topic!~"__.+"} - kafka_topic_partition_oldest_offset{${topics},topic!~"__.+"})`,
          legend: '{{topic}}',
        },
      ],
      unit: 'short',
    }),
    ...(kafka.nodeJobs.length === 0
      ? []
      : [
          timeSeries({
            title: 'Size of the logs, by topic',
            description: 'On disk, with all copies.',
            queries: [
              {
                query: `sum by (topic) (kafka_log_size_bytes{${nodes(kafka)}})`,
                legend: '{{topic}}',
              },
            ],
            unit: 'bytes',
          }),
        ]),
  ];
}
