import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { answers, freePorts, ManagedProcess } from '../testkit/process.ts';
import { BULK, DEAD_LETTER_TOPIC, PUBSUB, ROUTE } from './names.ts';

/** A sidecar to start. */
export interface SidecarOptions {
  /** Folder of the built daprd. */
  readonly dapr: string;
  readonly bootstrapServers: string;
  /** Also the consumer group: a new one reads a topic from its beginning. */
  readonly appId: string;
  /** HTTP port of daprd. */
  readonly httpPort: number;
  /** Port of the app. @default - no app */
  readonly appPort?: number;
  /** Topic that daprd subscribes to for the app. @default - none, or the app says so itself */
  readonly topic?: string;
  /** Whether the subscription is in bulk. @default false */
  readonly bulk?: boolean;
  /** Whether deliveries that fail are tried again until they succeed. @default false */
  readonly tryForever?: boolean;
  /** Temporary folder of the run. */
  readonly folder: string;
}

function component(bootstrapServers: string): object {
  const settings = {
    brokers: bootstrapServers,
    authType: 'none',
    consumerGroup: '{appID}',
    clientID: '{appID}',
    initialOffset: 'oldest',
    maxMessageBytes: '1048576',
    version: '2.8.0',
  };
  return {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Component',
    metadata: { name: PUBSUB },
    spec: {
      type: 'pubsub.kafka',
      version: 'v1',
      metadata: Object.entries(settings).map(([name, value]) => ({ name, value })),
    },
  };
}

function subscription(topic: string, bulk: boolean): object {
  return {
    apiVersion: 'dapr.io/v2alpha1',
    kind: 'Subscription',
    metadata: { name: topic },
    spec: {
      pubsubname: PUBSUB,
      topic,
      deadLetterTopic: DEAD_LETTER_TOPIC,
      routes: { default: ROUTE },
      ...(bulk && { bulkSubscribe: { enabled: true, ...BULK } }),
    },
  };
}

const TRY_FOREVER = {
  apiVersion: 'dapr.io/v1alpha1',
  kind: 'Resiliency',
  metadata: { name: 'try-forever' },
  spec: {
    policies: { retries: { forever: { policy: 'constant', duration: '100ms', maxRetries: -1 } } },
    targets: { components: { [PUBSUB]: { inbound: { retry: 'forever' } } } },
  },
};

/** Starts daprd with a component and a subscription of its own. */
export async function startSidecar(options: SidecarOptions): Promise<ManagedProcess> {
  const { appId, appPort, httpPort, folder, topic } = options;
  const resources = join(folder, appId);
  mkdirSync(resources);
  const objects = [
    component(options.bootstrapServers),
    ...(topic === undefined ? [] : [subscription(topic, options.bulk ?? false)]),
    ...(options.tryForever ? [TRY_FOREVER] : []),
  ];
  objects.forEach((object, index) => writeFileSync(join(resources, `${index}.yaml`), dump(object)));
  const [grpc, internal, metrics] = (await freePorts(3)) as [number, number, number];
  return new ManagedProcess({
    name: `daprd of ${appId}`,
    command: join(options.dapr, 'daprd'),
    args: [
      '--mode=standalone',
      `--app-id=${appId}`,
      ...(appPort === undefined ? [] : [`--app-port=${appPort}`]),
      '--app-channel-address=127.0.0.1',
      '--dapr-listen-addresses=127.0.0.1',
      `--dapr-http-port=${httpPort}`,
      `--dapr-grpc-port=${grpc}`,
      `--dapr-internal-grpc-port=${internal}`,
      `--metrics-port=${metrics}`,
      `--resources-path=${resources}`,
      '--log-level=warn',
    ],
    cwd: resources,
    log: join(folder, 'logs', `daprd-${appId}.log`),
    restart: true,
    ready: () => answers(`http://127.0.0.1:${httpPort}/v1.0/healthz`),
  }).start();
}
