import { Construct } from 'constructs';
import { EventPlatform } from '../../platform/event-platform.ts';
import {
  podsOfNamespace,
  WorkloadNetworkPolicy,
  workloads,
} from '../../security/network-policies.ts';
import { REDIS_PORTS } from './server-files.ts';

/** Properties of {@link RedisNetwork}. */
export interface RedisNetworkProps {
  /** Name of the StatefulSet. */
  readonly name: string;
  /** Ports of servers, and of Sentinels where there are several servers. */
  readonly clientPorts: readonly number[];
  /** Workloads that publish, receive or provision; called when everything is declared. */
  readonly clients: () => readonly string[];
}

/** Who may connect to the servers, and to what of them. */
export class RedisNetwork extends Construct {
  public constructor(scope: Construct, id: string, props: RedisNetworkProps) {
    super(scope, id);
    const { name, clientPorts, clients } = props;
    const { keda, monitoring } = EventPlatform.of(this).operatorNamespaces;
    const servers = { peer: workloads(() => [name]), ports: clientPorts };
    new WorkloadNetworkPolicy(this, 'policy', {
      name,
      workload: name,
      ingress: [
        servers,
        { peer: podsOfNamespace(keda), ports: clientPorts },
        { peer: podsOfNamespace(monitoring), ports: [REDIS_PORTS.metrics] },
        { peer: workloads(clients), ports: clientPorts },
      ],
      egress: [servers],
    });
  }
}
