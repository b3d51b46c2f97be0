import {
  compareToRange,
  SUPPORTED_DAPR,
  type VersionRange,
} from '@cdk8s-event-platform/contracts/interface';

/** Version of this package, and of the images that the platform itself needs. */
export const PLATFORM_VERSION = '0.1.0';

/**
 * Versions of the software that manifests are written for and that runs are made with. Default images,
 * operators of stacks, types of custom resources and the parts of end-to-end runs follow them;
 * `docs/versions.md` is generated from them by `npm run versions`.
 */
export const VERSIONS = {
  dapr: '1.18.3',
  kubernetes: '1.35.4',
  keda: '2.21.0',
  certManager: '1.21.2',
  prometheusOperator: '0.85.0',
  externalSecrets: '1.3.2',
  /** Chart that installs the Prometheus operator. */
  kubePrometheusStack: '77.5.0',
  /** Chart of the cluster autoscaler. */
  clusterAutoscaler: '9.50.1',
  kafka: '4.3.1',
  rabbitMq: '4.2.5',
  redis: '8.8.3',
  nats: '2.15.3',
  natsBox: '0.19.7',
  postgres: '18.4',
  kafkaUi: '1.5.0',
  kafkaExporter: '1.9.0',
  /** The agent that serves metrics of Kafka's JVM. */
  jmxExporter: '1.0.1',
  redisExporter: '1.88.0',
  natsExporter: '0.19.2',
  mailpit: '1.33.1',
  jaeger: '2.13.0',
  /** Part of kube-prometheus-stack. */
  kubeStateMetrics: '2.19.1',
} as const;

/** Versions before {@link VERSIONS} that runs upgrade from, in place and under load. */
export const UPGRADED_FROM = { dapr: '1.17.5', kafka: '4.1.0', nats: '2.12.8' } as const;

/** The version of Dapr that manifests are written for and tested with. */
export const DAPR_VERSION = VERSIONS.dapr;

/** Parts of a cluster that manifests and images depend on the version of. */
export type ClusterPart = 'kubernetes' | 'dapr' | 'keda';

/**
 * Minor versions that manifests and images work with. Older ones of Kubernetes and KEDA are those that
 * nobody maintains any more; newer ones have not been tried.
 */
export const SUPPORTED_VERSIONS: Readonly<Record<ClusterPart, VersionRange>> = {
  kubernetes: { min: '1.34', max: '1.35' },
  dapr: SUPPORTED_DAPR,
  keda: { min: '2.20', max: '2.21' },
};

const PART_NAMES: Readonly<Record<ClusterPart, string>> = {
  kubernetes: 'Kubernetes',
  dapr: 'Dapr',
  keda: 'KEDA',
};

/**
 * What is wrong with versions of a cluster's parts: one sentence with the remedy for each that is out of
 * {@link SUPPORTED_VERSIONS}, or that is no version. Empty when all are supported.
 *
 * @example
 * versionProblems({ dapr: '1.16.5' }); // ['Dapr 1.16.5 is older than …']
 */
export function versionProblems(
  versions: Readonly<Partial<Record<ClusterPart, string>>>,
): string[] {
  return (Object.keys(versions) as ClusterPart[]).flatMap((part) => {
    const version = versions[part]!;
    const range = SUPPORTED_VERSIONS[part];
    const [name, supported] = [`${PART_NAMES[part]} ${version}`, `${range.min} to ${range.max}`];
    switch (compareToRange(version, range)) {
      case 'older':
        return `${name} is older than what is supported (${supported}): upgrade it first`;
      case 'newer':
        return `${name} is newer than what was tried (${supported}): use one of these, or a newer release of cdk8s-event-platform`;
      case 'unknown':
        return `${name} is not a version: use one of ${supported}, e.g. '${range.max}'`;
      case 'within':
        return [];
    }
  });
}

/** API of Strimzi's resources that are rendered. */
export const STRIMZI_API_VERSION = 'kafka.strimzi.io/v1';

/** Images that are used where nobody names another. */
export const DEFAULT_IMAGES = {
  kafka: `apache/kafka:${VERSIONS.kafka}`,
  rabbitMq: `rabbitmq:${VERSIONS.rabbitMq}`,
  redis: `redis:${VERSIONS.redis}`,
  nats: `nats:${VERSIONS.nats}-alpine`,
  natsBox: `natsio/nats-box:${VERSIONS.natsBox}-nonroot`,
  postgres: `postgres:${VERSIONS.postgres}`,
  kafkaUi: `ghcr.io/kafbat/kafka-ui:v${VERSIONS.kafkaUi}`,
  kafkaExporter: `danielqsj/kafka-exporter:v${VERSIONS.kafkaExporter}`,
  redisExporter: `oliver006/redis_exporter:v${VERSIONS.redisExporter}`,
  natsExporter: `natsio/prometheus-nats-exporter:${VERSIONS.natsExporter}`,
  mailpit: `axllent/mailpit:v${VERSIONS.mailpit}`,
  jaeger: `jaegertracing/jaeger:${VERSIONS.jaeger}`,
} as const;
