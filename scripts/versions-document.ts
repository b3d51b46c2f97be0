import { STRIMZI_API_VERSION, SUPPORTED_VERSIONS, VERSIONS } from '../constructs/core/versions.ts';
import { type Workaround, WORKAROUNDS } from '../e2e/workarounds/workarounds.ts';

/** What is not run here, only rendered. */
const NOT_RUN = 'not run';

/** Rows of the table: part, version, where it is named, what runs use. */
const ROWS: readonly (readonly [string, string, string, string])[] = [
  ['Dapr', VERSIONS.dapr, 'Helm chart, types of resources', 'daprd and control plane, the same'],
  ['Kubernetes', VERSIONS.kubernetes, 'EKS and kind, the same minor version', 'the same'],
  ['KEDA', VERSIONS.keda, 'Helm chart, types of resources', 'the same'],
  ['cert-manager', VERSIONS.certManager, 'Helm chart, types of resources', 'definitions alone'],
  [
    'Prometheus operator',
    VERSIONS.prometheusOperator,
    `types of resources; chart kube-prometheus-stack ${VERSIONS.kubePrometheusStack}`,
    "definitions alone; Prometheus is Debian's",
  ],
  ['External Secrets', VERSIONS.externalSecrets, 'Helm chart', NOT_RUN],
  ['cluster autoscaler', VERSIONS.clusterAutoscaler, 'Helm chart', NOT_RUN],
  ['Strimzi', STRIMZI_API_VERSION, 'API of its resources', 'checked against its schemas'],
  ['Kafka', VERSIONS.kafka, 'image', 'the same, from Maven'],
  ['RabbitMQ', VERSIONS.rabbitMq, 'image', "Debian's (3.10 in bookworm)"],
  ['Redis', VERSIONS.redis, 'image', "Debian's (7.0 in bookworm)"],
  ['NATS', VERSIONS.nats, 'image', 'the same'],
  ['nats-box', VERSIONS.natsBox, 'image', 'a program that does what scripts ask of it'],
  ['PostgreSQL', VERSIONS.postgres, 'image', 'the same, from npm'],
  ['Kafbat UI', VERSIONS.kafkaUi, 'image', 'a stand-in that connects to Kafka'],
  ['kafka_exporter', VERSIONS.kafkaExporter, 'image', 'a stand-in with the same metrics'],
  ['JMX exporter', VERSIONS.jmxExporter, 'image `kafka-jmx-exporter`', 'the same, from Maven'],
  ['redis_exporter', VERSIONS.redisExporter, 'image', 'the same, with `--broker redis`'],
  ['prometheus-nats-exporter', VERSIONS.natsExporter, 'image', NOT_RUN],
  ['Mailpit', VERSIONS.mailpit, 'image', 'the same, without its page'],
  ['Jaeger', VERSIONS.jaeger, 'image', 'the same, without its page'],
  ['kube-state-metrics', VERSIONS.kubeStateMetrics, 'part of kube-prometheus-stack', 'the same'],
];

const HEAD = ['part', 'version', 'named in', 'in end-to-end runs'] as const;

const FAULTS_HEAD = ['fault', 'broker', 'upstream', 'what we do', 'test'] as const;

/** Rows of the table of faults: each links to what upstream has on it, and to the experiment. */
function faultRows(): string[][] {
  return WORKAROUNDS.map(({ name, fault, broker, upstream, remedy }: Workaround) => [
    fault,
    broker,
    `[${upstream.title}](${upstream.url})`,
    remedy,
    `[\`${name}\`](../e2e/workarounds/${name}.ts)`,
  ]);
}

/** A table as Prettier formats it. */
function markdownTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const rows = [head, ...body];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** The text of `docs/versions.md`. */
export function versionsDocument(): string {
  const { dapr, kubernetes, keda } = SUPPORTED_VERSIONS;
  return `<!-- Generated from constructs/core/versions.ts and e2e/workarounds/workarounds.ts by \`npm run versions\`. Do not edit. -->

# Versions

What the platform is written for, and what end-to-end runs are made with.

${markdownTable(HEAD, ROWS)}

## What is supported

Kubernetes ${kubernetes.min} to ${kubernetes.max}, Dapr ${dapr.min} to ${dapr.max}, KEDA ${keda.min} to ${keda.max}; runs are made with the versions of the table. No setting
of a construct needs more than the oldest.

- \`npm run doctor\` asks the current cluster of kubectl, says what it found, and fails when something is out of range.
- \`Environment.local({ clusterVersions: { dapr: '1.16.5' } })\` is refused at synth.
- An image whose sidecar is of another Dapr says so in its log when it starts.

## Upgrading Dapr

- **Upgrade Dapr and its sidecars first, then the images.** Images publish by \`/v1.0/publish/bulk\`, which sidecars
  have from 1.17 on. An older sidecar answers 404; events then stay in the outbox, and the alert \`OutboxStuck\`
  tells of them. They are published once the sidecar is newer.
- Helm does not upgrade definitions of resources: apply those in \`charts/dapr/crds\` of the new release first.
  Then upgrade the chart, and restart the Deployments (\`kubectl rollout restart deployment\`), so that the injector
  gives their pods the new sidecar.
- From 1.18 there is no way back to a version before 1.17.7: Dapr's Sentry writes keys that older ones cannot
  read. See the [release notes](https://github.com/dapr/dapr/blob/v1.18.3/docs/release_notes/v1.18.0.md).
- Sidecars follow a changed Component, Subscription, Resiliency or Configuration by a hash on their pods, which are replaced
  when what their own sidecar loads has changed. Dapr's hot reload (on by default from 1.18) is switched off: it reloads a
  Component in every app that shares it, publishing is answered 404 meanwhile, and Resiliency and Configuration it does not follow.

## Faults of Dapr

What the platform works around, or warns of. \`npm run e2e:workarounds\` brings each about on the real daprd
${VERSIONS.dapr} and a real broker, without what we do and with it, and fails once a fault is gone. Run it
after Dapr was pinned to another version: what it names can then be removed, unless a supported version still
has the fault.

${markdownTable(FAULTS_HEAD, faultRows())}
`;
}
