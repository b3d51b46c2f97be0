import { METRICS_PORT } from '@cdk8s-event-platform/contracts/interface';
import type { DeployedPlatform } from './deployed-platform.ts';
import type { EnvironmentName } from './environments.ts';
import { InClusterClient } from './in-cluster-client.ts';

/** Connections from a pod of a namespace, and whether policies admit them. */
interface Expected {
  readonly from: string;
  /** Name of a Service, or of a workload: then it is one of its pods, since no Service has the port. */
  readonly to: string;
  readonly pod?: boolean;
  readonly port: number;
  readonly admitted: boolean;
}

/** What policies say of the platform, wherever it runs. */
const EVERYWHERE: readonly Expected[] = [
  { from: 'default', to: 'producer', port: 80, admitted: true },
  { from: 'default', to: 'producer', pod: true, port: METRICS_PORT, admitted: false },
  { from: 'default', to: 'kafka', port: 9092, admitted: false },
  { from: 'default', to: 'kafka-0.kafka-headless', port: 9092, admitted: false },
  { from: 'monitoring', to: 'producer', port: 80, admitted: true },
  { from: 'monitoring', to: 'producer', pod: true, port: METRICS_PORT, admitted: true },
  { from: 'monitoring', to: 'dead-letter-processor', pod: true, port: 8080, admitted: false },
  { from: 'monitoring', to: 'kafka', port: 9092, admitted: false },
];

const EXPECTED: Readonly<Record<EnvironmentName, readonly Expected[]>> = {
  local: [
    ...EVERYWHERE,
    { from: 'default', to: 'kafka-0.kafka-headless', port: 9093, admitted: false },
    { from: 'default', to: 'postgres', port: 5432, admitted: false },
    { from: 'monitoring', to: 'postgres', port: 5432, admitted: false },
  ],
  production: [
    ...EVERYWHERE,
    { from: 'default', to: 'kafka-0.kafka-headless', port: 9091, admitted: false },
    {
      from: 'default',
      to: 'kafka-controller-0.kafka-controller-headless',
      port: 9093,
      admitted: false,
    },
    { from: 'default', to: 'kafka-0.kafka-headless', port: 9404, admitted: false },
    { from: 'monitoring', to: 'kafka-0.kafka-headless', port: 9404, admitted: true },
    {
      from: 'monitoring',
      to: 'kafka-controller-0.kafka-controller-headless',
      port: 9093,
      admitted: false,
    },
  ],
};

/** The address of a pod of a workload. @throws Error when the workload has no pod. */
async function addressOf(platform: DeployedPlatform, workload: string): Promise<string> {
  const address = (await platform.pods(workload))[0]?.status?.podIP;
  if (address === undefined) {
    throw new Error(`${workload} has no pod with an address to connect to`);
  }
  return address;
}

/** Tries connections that policies admit, and such that they do not. */
export async function isolation(platform: DeployedPlatform): Promise<string> {
  const clients = new Map<string, InClusterClient>();
  const wrong: string[] = [];
  const expected = EXPECTED[platform.environment.name];
  for (const { from, to, pod, port, admitted } of expected) {
    const client = clients.get(from) ?? (await InClusterClient.start(platform.kubectl, from));
    clients.set(from, client);
    const host = pod === true ? await addressOf(platform, to) : `${to}.${platform.namespace}`;
    const { connected, reason } = await client.connect(host, port);
    if (connected !== admitted) {
      wrong.push(`${from} → ${to}:${port} ${connected ? 'got through' : reason}`);
    } else if (!admitted && reason !== 'no answer') {
      // A name that is not known, or a server that is down, would prove nothing.
      wrong.push(`${from} → ${to}:${port} was not dropped: ${reason}`);
    }
  }
  if (wrong.length > 0) {
    throw new Error(wrong.join('; '));
  }
  const dropped = expected.filter(({ admitted }) => !admitted).length;
  return `${expected.length - dropped} admitted, ${dropped} dropped, as declared`;
}
