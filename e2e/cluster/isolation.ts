import type { DeployedPlatform } from './deployed-platform.ts';
import { InClusterClient } from './in-cluster-client.ts';

/** Connections from a pod of a namespace, and whether policies admit them. */
interface Expected {
  readonly from: string;
  readonly service: string;
  readonly port: number;
  readonly admitted: boolean;
}

const EXPECTED: readonly Expected[] = [
  { from: 'default', service: 'producer', port: 80, admitted: true },
  { from: 'default', service: 'kafka', port: 9092, admitted: false },
  { from: 'default', service: 'kafka-0.kafka-headless', port: 9092, admitted: false },
  { from: 'default', service: 'kafka-0.kafka-headless', port: 9093, admitted: false },
  { from: 'default', service: 'postgres', port: 5432, admitted: false },
  { from: 'monitoring', service: 'producer', port: 80, admitted: true },
  { from: 'monitoring', service: 'kafka', port: 9092, admitted: false },
  { from: 'monitoring', service: 'postgres', port: 5432, admitted: false },
];

/** Tries connections that policies admit, and such that they do not. */
export async function isolation(platform: DeployedPlatform): Promise<string> {
  const clients = new Map<string, InClusterClient>();
  const wrong: string[] = [];
  for (const { from, service, port, admitted } of EXPECTED) {
    const client = clients.get(from) ?? (await InClusterClient.start(platform.kubectl, from));
    clients.set(from, client);
    const { connected, reason } = await client.connect(`${service}.${platform.namespace}`, port);
    if (connected !== admitted) {
      wrong.push(`${from} → ${service}:${port} ${connected ? 'got through' : reason}`);
    } else if (!admitted && reason !== 'no answer') {
      // A name that is not known, or a server that is away, would prove nothing.
      wrong.push(`${from} → ${service}:${port} was not dropped: ${reason}`);
    }
  }
  if (wrong.length > 0) {
    throw new Error(wrong.join('; '));
  }
  const dropped = EXPECTED.filter(({ admitted }) => !admitted).length;
  return `${EXPECTED.length - dropped} admitted, ${dropped} dropped, as declared`;
}
