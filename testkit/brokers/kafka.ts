import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecretManifest } from '../../cli/make-secret.ts';
import { KafkaCluster, KafkaSecurity, KafkaUi, MetricSource } from '../../constructs/internal.ts';
import type { Container, KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import { KafkaExporterStandIn } from '../metrics/kafka-exporter.ts';
import type { MetricsPort } from '../metrics/metrics-port.ts';
import { freePorts, listensOn, ManagedProcess } from '../process.ts';
import { ensureTools } from '../tools/index.ts';
import type { BrokerOptions, BrokerSetting, RunningBroker } from './broker.ts';
import { issueCertificates } from './certificates.ts';
import { rightsProblems } from './kafka-rights.ts';
import { runProvisioning } from './provisioning.ts';

/** One node and the loopback ports of its container ports. */
interface Node {
  readonly pod: string;
  readonly index: number;
  readonly pool: KubernetesObject;
  /** Address within the cluster, without the port. */
  readonly host: string;
  readonly ports: ReadonlyMap<number, number>;
}

/** The nodes of all rendered pools, brokers first. */
async function plan(manifests: Manifests): Promise<Node[]> {
  const nodes: Node[] = [];
  for (const pool of manifests
    .ofKind('StatefulSet')
    .filter(({ metadata }) => metadata.name.startsWith('kafka'))) {
    const { name } = pool.metadata;
    const [container] = pool.spec.template.spec.containers;
    const containerPorts = container.ports!.map(({ containerPort }) => containerPort);
    for (let index = 0; index < pool.spec.replicas!; index++) {
      const free = await freePorts(containerPorts.length);
      nodes.push({
        pod: `${name}-${index}`,
        index,
        pool,
        host: `${name}-${index}.${name}-headless.${manifests.namespace}.svc.cluster.local`,
        ports: new Map(containerPorts.map((port, position) => [port, free[position]!])),
      });
    }
  }
  return nodes;
}

/** The rendered `server.properties` with loopback addresses and a local folder. */
function localProperties(rendered: string, nodes: readonly Node[], node: Node): string {
  const own = rendered.replaceAll('${env:POD_NAME}', node.pod);
  const addressed = nodes.reduce(
    (text, { host, ports }) =>
      [...ports].reduce(
        (all, [from, to]) => all.replaceAll(`${host}:${from}`, `127.0.0.1:${to}`),
        text,
      ),
    own,
  );
  return addressed.replace(/^listeners=.*$/m, (line) =>
    line.replaceAll(
      /:\/\/:(\d+)/g,
      (_match, port) => `://127.0.0.1:${node.ports.get(Number(port))!}`,
    ),
  );
}

/** Literal environment variables of a container. */
function literalEnv(container: Container): Record<string, string> {
  return Object.fromEntries(
    container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Starts a node by its rendered command, with folders and addresses replaced. */
function start(
  node: Node,
  nodes: readonly Node[],
  tool: string,
  options: BrokerOptions,
): ManagedProcess {
  const { manifests, logs } = options;
  const folder = join(options.folder, node.pod);
  const config = join(folder, 'config');
  mkdirSync(config, { recursive: true });
  const paths: Readonly<Record<string, string>> = {
    '/var/lib/kafka/data': join(folder, 'data'),
    '/etc/kafka-tls': join(options.folder, 'certificates', 'kafka-tls'),
    '/etc/kafka/': `${config}/`,
    '/opt/kafka': tool,
    '/opt/jmx': tool,
  };
  const local = (text: string) =>
    Object.entries(paths).reduce((all, [from, to]) => all.replaceAll(from, to), text);
  const files = manifests.only('ConfigMap', `${node.pool.metadata.name}-config`).data;
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(config, name), local(localProperties(content, nodes, node)));
  }
  const [container] = node.pool.spec.template.spec.containers;
  const [command, ...args] = container.command.map(local);
  const env = literalEnv(container);
  const metricsPort = node.ports.get(METRICS_PORT);
  const port = node.ports.values().next().value!;
  return new ManagedProcess({
    name: node.pod,
    command: command!,
    args,
    env: {
      ...env,
      ...(env.KAFKA_OPTS !== undefined && {
        KAFKA_OPTS: local(env.KAFKA_OPTS).replace(`=${METRICS_PORT}:`, `=${metricsPort}:`),
      }),
      KAFKA_LOG4J_OPTS: local(env.KAFKA_LOG4J_OPTS!),
      // For one machine that holds all of them.
      KAFKA_HEAP_OPTS: nodes.length > 1 ? '-Xmx320m' : '-Xmx512m',
      POD_INDEX: String(node.index),
      POD_NAME: node.pod,
      ZONE: `zone-${node.index}`,
      LOG_DIR: folder,
    },
    log: join(logs, `${node.pod}.log`),
    ready: () => listensOn(port),
    deadline: 120,
  });
}

const METRICS_PORT = 9404;

/** Passwords that a container takes from Secrets. */
function secretEnv(container: Container, secrets: readonly SecretManifest[]) {
  return Object.fromEntries(
    container.env.flatMap(({ name, valueFrom }) => {
      const { name: secret, key } = valueFrom?.secretKeyRef ?? {};
      const found = secrets.find(({ metadata }) => metadata.name === secret);
      return found === undefined || key === undefined ? [] : [[name, found.stringData[key]!]];
    }),
  );
}

/** How the exporter logs in, where the brokers ask for it. */
function exporterLogin(secrets: readonly SecretManifest[], authority: string | undefined) {
  const { username, password } =
    secrets.find(({ metadata }) => metadata.name === 'kafka-exporter-broker')?.stringData ?? {};
  return authority === undefined || username === undefined || password === undefined
    ? {}
    : {
        ssl: { ca: [readFileSync(authority, 'utf8')] },
        sasl: { mechanism: 'scram-sha-512' as const, username, password },
      };
}

/** Starts Kafka from the rendered objects, with addresses and folders replaced. */
async function startKafka(options: BrokerOptions): Promise<RunningBroker> {
  const { manifests, folder } = options;
  const tool = options.programs ?? ensureTools(['kafka']).kafka;
  const certificates = join(folder, 'certificates');
  const issued = await issueCertificates(manifests, certificates);
  const nodes = await plan(manifests);
  const processes = nodes.map((node) => start(node, nodes, tool, options));
  // No broker is up before there is a quorum, and no controller of a quorum before the others.
  const [first, ...others] = await Promise.all(processes.map((server) => server.start()));
  const brokers = nodes.filter(({ pool }) => pool.metadata.name === 'kafka');
  const at = (port: number) =>
    brokers.map(({ ports }) => `127.0.0.1:${ports.get(port)!}`).join(',');
  let provisioned = false;
  const authority = join(certificates, 'kafka-tls', 'ca.crt');
  const service = `kafka.${manifests.namespace}.svc.cluster.local`;
  const exporter = await KafkaExporterStandIn.start(
    at(9092).split(','),
    exporterLogin(options.secrets, issued.length > 0 ? authority : undefined),
  );
  const exporterPort: MetricsPort = {
    monitor: 'kafka-exporter',
    port: 'metrics',
    pod: 'kafka-exporter-0',
    address: exporter.address,
    source: MetricSource.KAFKA_EXPORTER,
    standIn: true,
  };
  const nodePorts = nodes.flatMap(({ pool, pod, ports }): MetricsPort[] => {
    const port = ports.get(METRICS_PORT);
    const source = MetricSource.KAFKA_JMX;
    const monitor = pool.metadata.name;
    return port === undefined
      ? []
      : [{ monitor, port: 'metrics', pod, address: `127.0.0.1:${port}`, source }];
  });
  const provisionAs = (declared: Manifests) => {
    const [job] = declared.only('Job', 'kafka-topics').spec.template.spec.containers;
    return runProvisioning(declared, 'kafka-topics', folder, {
      ...process.env,
      ...secretEnv(job, options.secrets),
      KAFKA_HOME: tool,
      BOOTSTRAP_SERVERS: at(issued.length > 0 ? 9091 : 9092),
      TLS_PATH: join(certificates, 'kafka-admin-tls'),
    });
  };
  return {
    servers: [first!, ...others],
    secrets: issued,
    ...(issued.length > 0 && {
      checkRights: () =>
        rightsProblems({
          tool,
          bootstrapServers: at(9092),
          authority,
          folder,
          secrets: options.secrets,
        }),
    }),
    metricsPorts: [...nodePorts, exporterPort],
    addresses: {
      [`${service}:9092`]: at(9092),
      ...(issued.length > 0 && { [`${service}:9091`]: at(9091) }),
    },
    provisionAs,
    provision: async () => {
      const stdout = await provisionAs(manifests);
      const [change] = /^(?:add|remove): .*$/m.exec(stdout) ?? [];
      if (provisioned && change !== undefined) {
        throw new Error(`provisioning once more changed rights that were as declared: ${change}`);
      }
      provisioned = true;
      return stdout;
    },
  };
}

/** One node that is broker and controller, without passwords: as the local environment has it. */
export const kafka: BrokerSetting = {
  description: 'Kafka, one node',
  ordersKeys: true,
  declare: (platform) => new KafkaCluster(platform, 'kafka'),
  start: startKafka,
};

/** As in production: SCRAM over TLS, controllers of their own, three replicas, and a page to look at it. */
export const kafkaSecured: BrokerSetting = {
  description: 'Kafka, 3 brokers + 3 controllers, SCRAM, TLS',
  ordersKeys: true,
  declare: (platform) => {
    const broker = new KafkaCluster(platform, 'kafka', {
      replicas: 3,
      replicationFactor: 3,
      minInSyncReplicas: 2,
      controllers: { replicas: 3 },
      security: KafkaSecurity.scramOverTls(),
      rackAware: true,
      jmxExporter: true,
      compression: 'zstd',
    });
    new KafkaUi(platform, 'kafka-ui', { broker, readOnly: true });
    return broker;
  },
  start: startKafka,
};
